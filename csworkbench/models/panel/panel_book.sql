-- One row per account × month: what the account pays for on that day, as known on it.
-- mrr_3m, mrr_6m, mrr_12m: MRR on the day 3, 6, 12 months before. leaves: 1 when all that it pays for has been given up.
-- spell_on: since when it pays without a gap of more than
-- $gap_days days. renewal_days: to the next renewal, or to the end of the paid period.
WITH known AS (
  SELECT
    s.account_id, m.month, m.day, s.product, s.starts_on, s.mrr, s.seats, s.billing_months, s.decided_on, s.ends_on,
    CASE WHEN s.renews_on > m.day THEN s.renews_on END AS renews_on,
    CASE WHEN s.ends_on IS NULL OR coalesce(s.decided_on, s.ends_on) > m.day THEN DATE '9999-12-31' ELSE s.ends_on END
      AS until,
    m.day_3m, m.day_6m, m.day_12m
  FROM known_subscriptions AS s
  JOIN lagged AS m ON s.known_from <= m.day AND m.day < s.known_until
),
chained AS (
  SELECT
    k.*,
    max(CASE WHEN mrr > 0 THEN until END) OVER (
      PARTITION BY account_id, month
      ORDER BY starts_on, until DESC, mrr DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before_until
  FROM known AS k
  WHERE until > starts_on
),
begun AS (
  SELECT
    c.*,
    CASE
      WHEN mrr > 0 AND (before_until IS NULL OR date_diff('day', before_until, starts_on) > $gap_days) THEN 1 ELSE 0
    END AS begins
  FROM chained AS c
),
seated AS (
  SELECT account_id, month, max(seats) AS seats, max(seats_3m) AS seats_3m, max(seats_12m) AS seats_12m
  FROM (
    SELECT
      account_id,
      month,
      sum(CASE WHEN until > day THEN seats END) AS seats,
      sum(CASE WHEN starts_on <= day_3m AND until > day_3m THEN seats END) AS seats_3m,
      sum(CASE WHEN starts_on <= day_12m AND until > day_12m THEN seats END) AS seats_12m
    FROM known
    GROUP BY account_id, month, product
  ) AS by_product
  GROUP BY account_id, month
),
held AS (
  SELECT
    account_id,
    month,
    sum(CASE WHEN until > day THEN mrr ELSE 0 END) AS mrr,
    sum(CASE WHEN until > day THEN 1 ELSE 0 END) AS n_items,
    sum(CASE WHEN starts_on <= day_3m AND until > day_3m THEN mrr ELSE 0 END) AS mrr_3m,
    sum(CASE WHEN starts_on <= day_6m AND until > day_6m THEN mrr ELSE 0 END) AS mrr_6m,
    sum(CASE WHEN starts_on <= day_12m AND until > day_12m THEN mrr ELSE 0 END) AS mrr_12m,
    max(CASE WHEN begins = 1 THEN starts_on END) AS spell_on,
    sum(begins) AS n_spells,
    min(CASE WHEN until > day AND mrr > 0 THEN CASE WHEN until < DATE '9999-12-31' THEN 1 ELSE 0 END END) AS leaves,
    max(CASE WHEN until > day AND until < DATE '9999-12-31' AND mrr > 0 THEN decided_on END) AS decided_on,
    max(CASE WHEN until > day AND until < DATE '9999-12-31' AND mrr > 0 THEN ends_on END) AS ends_on,
    max(CASE WHEN until > day THEN billing_months END) AS billing_months,
    min(CASE WHEN until > day THEN renews_on END) AS renews_on,
    min(CASE
      WHEN until > day AND billing_months > 1
      THEN billing_months * 30.4375 - (
        date_diff('day', starts_on, day)
        - billing_months * 30.4375 * floor(date_diff('day', starts_on, day) / (billing_months * 30.4375))
      )
    END) AS period_days
  FROM begun
  GROUP BY account_id, month
)
SELECT h.*, s.seats, s.seats_3m, s.seats_12m
FROM held AS h
LEFT JOIN seated AS s ON s.account_id = h.account_id AND s.month = h.month
WHERE h.mrr > 0
