-- One row per account that ever had a subscription; place: a number of its own, from 0.
SELECT s.account_id, row_number() OVER (ORDER BY s.account_id) - 1 AS place
FROM (SELECT DISTINCT account_id FROM subscriptions) AS s
