WITH edges AS (
  SELECT
    account_id,
    starts_on AS day,
    mrr AS delta
  FROM subscriptions
  WHERE
    starts_on <= :through AND (
      ends_on IS NULL OR ends_on > starts_on
    )
  UNION ALL
  SELECT
    account_id,
    ends_on AS day,
    -mrr AS delta
  FROM subscriptions
  WHERE
    ends_on <= :through AND ends_on > starts_on
), daily AS (
  SELECT
    account_id,
    day,
    SUM(delta) AS delta
  FROM edges
  GROUP BY
    account_id,
    day
), running AS (
  SELECT
    account_id,
    day,
    SUM(delta) OVER (PARTITION BY account_id ORDER BY day NULLS LAST) AS mrr,
    LEAD(day) OVER (PARTITION BY account_id ORDER BY day NULLS LAST) AS until
  FROM daily
)
SELECT
  account_id,
  MIN(day) AS first_paid_on,
  MAX(COALESCE(until, CAST('9999-12-31' AS DATE))) AS paid_until
FROM running
WHERE
  mrr > 0
GROUP BY
  account_id
