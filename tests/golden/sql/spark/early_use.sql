SELECT
  u.account_id,
  u.feature,
  SUM(CAST(COALESCE(u.count, u.users, 1) AS DECIMAL(38, 12))) AS value
FROM usage AS u
JOIN starts AS s
  ON s.account_id = u.account_id
WHERE
  u.day >= s.first_paid_on
  AND (
    DATEDIFF(DAY, CAST(s.first_paid_on AS DATE), CAST(u.day AS DATE))
  ) < :n_days
  AND NOT u.feature IS NULL
GROUP BY
  u.account_id,
  u.feature
