-- MRR of the items of an account and product that start on a day in ($after, $through] without having held the day before.
SELECT s.account_id, coalesce(s.product, '') AS product, s.starts_on AS due_on, sum(s.mrr) AS successor_mrr
FROM subscriptions AS s
LEFT JOIN subscriptions AS b
  ON b.subscription_id = s.subscription_id AND b.starts_on < s.starts_on AND b.ends_on = s.starts_on
WHERE s.starts_on > $after
  AND s.starts_on <= $through
  AND b.subscription_id IS NULL
  AND (s.ends_on IS NULL OR s.ends_on > s.starts_on)
GROUP BY s.account_id, coalesce(s.product, ''), s.starts_on
