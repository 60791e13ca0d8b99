-- One row per account: plan and product of its largest item on the first day on which it had one with MRR above zero.
WITH ranked AS (
  SELECT
    s.account_id,
    s.plan,
    s.product,
    row_number() OVER (
      PARTITION BY s.account_id
      ORDER BY s.starts_on, s.mrr DESC, s.subscription_id, s.plan, s.product
    ) AS place
  FROM subscriptions AS s
  WHERE s.mrr > 0 AND (s.ends_on IS NULL OR s.ends_on > s.starts_on)
)
SELECT account_id, plan, product FROM ranked WHERE place = 1
