SELECT
  s.account_id,
  s.product,
  s.starts_on,
  s.ends_on,
  SUM(s.mrr) AS mrr,
  SUM(s.seats) AS seats
FROM subscriptions AS s
WHERE
  s.starts_on <= %(last)s AND (
    s.ends_on IS NULL OR s.ends_on > %(first)s
  )
GROUP BY
  s.account_id,
  s.product,
  s.starts_on,
  s.ends_on
