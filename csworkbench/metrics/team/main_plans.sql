-- One row per account × day: the plan of the item with the most MRR.
WITH ranked AS (
  SELECT
    s.account_id,
    d.day,
    s.plan,
    row_number() OVER (PARTITION BY s.account_id, d.day ORDER BY s.mrr DESC, s.plan, s.subscription_id) AS place
  FROM subscriptions AS s
  JOIN days AS d ON s.starts_on <= d.day AND (s.ends_on IS NULL OR s.ends_on > d.day)
  WHERE s.plan IS NOT NULL
)
SELECT account_id, day, plan FROM ranked WHERE place = 1
