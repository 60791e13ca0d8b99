SELECT
  s.account_id,
  d.day,
  SUM(s.mrr) AS mrr
FROM subscriptions AS s
JOIN days AS d
  ON s.starts_on <= d.day AND (
    s.ends_on IS NULL OR s.ends_on > d.day
  )
GROUP BY
  s.account_id,
  d.day
