SELECT
  s.account_id,
  MIN(s.renews_on) AS renews_on
FROM subscriptions AS s
WHERE
  s.renews_on > %(day)s
  AND s.starts_on <= %(day)s
  AND (
    s.ends_on IS NULL OR s.ends_on > %(day)s
  )
GROUP BY
  s.account_id
