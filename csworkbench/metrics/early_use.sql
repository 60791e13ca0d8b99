-- One row per account × feature with rows of usage in its first n_days days; value: the amount (count, else users).
-- starts: one row per account with its first paid day.
SELECT u.account_id, u.feature, sum(CAST(coalesce(u.count, u.users, 1) AS DECIMAL(38, 12))) AS value
FROM usage AS u
JOIN starts AS s ON s.account_id = u.account_id
WHERE u.day >= s.first_paid_on AND date_diff('day', s.first_paid_on, u.day) < $n_days AND u.feature IS NOT NULL
GROUP BY u.account_id, u.feature
