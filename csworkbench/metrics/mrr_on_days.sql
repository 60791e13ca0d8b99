-- One row per account × day with an item that holds at the end of that day. mrr: company currency per month.
SELECT s.account_id, d.day, sum(s.mrr) AS mrr
FROM subscriptions AS s
JOIN days AS d ON s.starts_on <= d.day AND (s.ends_on IS NULL OR s.ends_on > d.day)
GROUP BY s.account_id, d.day
