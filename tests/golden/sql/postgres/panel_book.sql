WITH known AS (
  SELECT
    s.account_id,
    m.month,
    m.day,
    s.product,
    s.starts_on,
    s.mrr,
    s.seats,
    s.billing_months,
    s.decided_on,
    s.ends_on,
    CASE WHEN s.renews_on > m.day THEN s.renews_on END AS renews_on,
    CASE
      WHEN s.ends_on IS NULL OR COALESCE(s.decided_on, s.ends_on) > m.day
      THEN CAST('9999-12-31' AS DATE)
      ELSE s.ends_on
    END AS until,
    m.day_3m,
    m.day_6m,
    m.day_12m
  FROM known_subscriptions AS s
  JOIN lagged AS m
    ON s.known_from <= m.day AND m.day < s.known_until
), chained AS (
  SELECT
    k.*,
    MAX(CASE WHEN mrr > 0 THEN until END) OVER (
      PARTITION BY account_id, month
      ORDER BY starts_on, until DESC NULLS LAST, mrr DESC NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before_until
  FROM known AS k
  WHERE
    until > starts_on
), begun AS (
  SELECT
    c.*,
    CASE
      WHEN mrr > 0
      AND (
        before_until IS NULL
        OR (
          CAST(starts_on AS DATE) - CAST(before_until AS DATE)
        ) > %(gap_days)s
      )
      THEN 1
      ELSE 0
    END AS begins
  FROM chained AS c
), seated AS (
  SELECT
    account_id,
    month,
    MAX(seats) AS seats,
    MAX(seats_3m) AS seats_3m,
    MAX(seats_12m) AS seats_12m
  FROM (
    SELECT
      account_id,
      month,
      SUM(CASE WHEN until > day THEN seats END) AS seats,
      SUM(CASE WHEN starts_on <= day_3m AND until > day_3m THEN seats END) AS seats_3m,
      SUM(CASE WHEN starts_on <= day_12m AND until > day_12m THEN seats END) AS seats_12m
    FROM known
    GROUP BY
      account_id,
      month,
      product
  ) AS by_product
  GROUP BY
    account_id,
    month
), held AS (
  SELECT
    account_id,
    month,
    SUM(CASE WHEN until > day THEN mrr ELSE 0 END) AS mrr,
    SUM(CASE WHEN until > day THEN 1 ELSE 0 END) AS n_items,
    SUM(CASE WHEN starts_on <= day_3m AND until > day_3m THEN mrr ELSE 0 END) AS mrr_3m,
    SUM(CASE WHEN starts_on <= day_6m AND until > day_6m THEN mrr ELSE 0 END) AS mrr_6m,
    SUM(CASE WHEN starts_on <= day_12m AND until > day_12m THEN mrr ELSE 0 END) AS mrr_12m,
    MAX(CASE WHEN begins = 1 THEN starts_on END) AS spell_on,
    SUM(begins) AS n_spells,
    MIN(
      CASE
        WHEN until > day AND mrr > 0
        THEN CASE WHEN until < CAST('9999-12-31' AS DATE) THEN 1 ELSE 0 END
      END
    ) AS leaves,
    MAX(
      CASE
        WHEN until > day AND until < CAST('9999-12-31' AS DATE) AND mrr > 0
        THEN decided_on
      END
    ) AS decided_on,
    MAX(
      CASE
        WHEN until > day AND until < CAST('9999-12-31' AS DATE) AND mrr > 0
        THEN ends_on
      END
    ) AS ends_on,
    MAX(CASE WHEN until > day THEN billing_months END) AS billing_months,
    MIN(CASE WHEN until > day THEN renews_on END) AS renews_on,
    MIN(
      CASE
        WHEN until > day AND billing_months > 1
        THEN billing_months * 30.4375 - (
          (
            CAST(day AS DATE) - CAST(starts_on AS DATE)
          ) - billing_months * 30.4375 * FLOOR(
            (
              CAST((
                CAST(day AS DATE) - CAST(starts_on AS DATE)
              ) AS DOUBLE PRECISION) / NULLIF(CAST((
                billing_months * 30.4375
              ) AS DOUBLE PRECISION), 0)
            )
          )
        )
      END
    ) AS period_days
  FROM begun
  GROUP BY
    account_id,
    month
)
SELECT
  h.*,
  s.seats,
  s.seats_3m,
  s.seats_12m
FROM held AS h
LEFT JOIN seated AS s
  ON s.account_id = h.account_id AND s.month = h.month
WHERE
  h.mrr > 0
