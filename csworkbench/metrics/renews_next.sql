-- One row per account: the next renewal date after $day among the items that hold on it.
SELECT s.account_id, min(s.renews_on) AS renews_on
FROM subscriptions AS s
WHERE s.renews_on > $day AND s.starts_on <= $day AND (s.ends_on IS NULL OR s.ends_on > $day)
GROUP BY s.account_id
