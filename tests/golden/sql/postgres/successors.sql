SELECT
  s.account_id,
  COALESCE(s.product, '') AS product,
  s.starts_on AS due_on,
  SUM(s.mrr) AS successor_mrr
FROM subscriptions AS s
LEFT JOIN subscriptions AS b
  ON b.subscription_id = s.subscription_id
  AND b.starts_on < s.starts_on
  AND b.ends_on = s.starts_on
WHERE
  s.starts_on > %(after)s
  AND s.starts_on <= %(through)s
  AND b.subscription_id IS NULL
  AND (
    s.ends_on IS NULL OR s.ends_on > s.starts_on
  )
GROUP BY
  s.account_id,
  COALESCE(s.product, ''),
  s.starts_on
