SELECT
  s.account_id,
  s.product,
  MIN(s.starts_on) AS first_on,
  CASE WHEN COUNT(*) = COUNT(s.ends_on) THEN MAX(s.ends_on) END AS ended_on,
  SUM(CASE WHEN s.ends_on IS NULL OR s.ends_on > :day THEN s.mrr ELSE 0 END) AS held_mrr,
  MAX(CASE WHEN s.ends_on IS NULL OR s.ends_on > :day THEN 1 ELSE 0 END) AS held,
  MAX(CASE WHEN s.ends_on IS NULL THEN 1 ELSE 0 END) AS stays
FROM subscriptions AS s
WHERE
  s.starts_on <= :day
  AND NOT s.product IS NULL
  AND (
    s.ends_on IS NULL OR s.ends_on > s.starts_on
  )
GROUP BY
  s.account_id,
  s.product
