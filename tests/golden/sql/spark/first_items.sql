WITH ranked AS (
  SELECT
    s.account_id,
    s.plan,
    s.product,
    ROW_NUMBER() OVER (
      PARTITION BY s.account_id
      ORDER BY s.starts_on NULLS LAST, s.mrr DESC, s.subscription_id NULLS LAST, s.plan NULLS LAST, s.product NULLS LAST
    ) AS place
  FROM subscriptions AS s
  WHERE
    s.mrr > 0 AND (
      s.ends_on IS NULL OR s.ends_on > s.starts_on
    )
)
SELECT
  account_id,
  plan,
  product
FROM ranked
WHERE
  place = 1
