SELECT
  s.account_id,
  MIN(s.renews_on) AS renews_on
FROM subscriptions AS s
WHERE
  s.renews_on > :day
  AND s.starts_on <= :day
  AND (
    s.ends_on IS NULL OR s.ends_on > :day
  )
GROUP BY
  s.account_id
