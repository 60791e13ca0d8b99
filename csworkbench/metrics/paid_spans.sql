-- One row per account that ever had MRR above zero by $through.
-- first_paid_on: first such day. paid_until: first day after the last of them, 9999-12-31 when MRR goes on.
WITH edges AS (
  SELECT account_id, starts_on AS day, mrr AS delta
  FROM subscriptions
  WHERE starts_on <= $through AND (ends_on IS NULL OR ends_on > starts_on)
  UNION ALL
  SELECT account_id, ends_on AS day, -mrr AS delta
  FROM subscriptions
  WHERE ends_on <= $through AND ends_on > starts_on
),
daily AS (
  SELECT account_id, day, sum(delta) AS delta FROM edges GROUP BY account_id, day
),
running AS (
  SELECT
    account_id,
    day,
    sum(delta) OVER (PARTITION BY account_id ORDER BY day) AS mrr,
    lead(day) OVER (PARTITION BY account_id ORDER BY day) AS until
  FROM daily
)
SELECT account_id, min(day) AS first_paid_on, max(coalesce(until, DATE '9999-12-31')) AS paid_until
FROM running
WHERE mrr > 0
GROUP BY account_id
