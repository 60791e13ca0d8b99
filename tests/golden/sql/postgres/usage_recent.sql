SELECT
  u.account_id,
  MIN(u.day) AS first_on,
  MAX(
    CASE
      WHEN COALESCE(u.count, 0) > 0
      OR COALESCE(u.users, 0) > 0
      OR (
        u.count IS NULL AND u.users IS NULL
      )
      THEN u.day
    END
  ) AS last_used_on,
  SUM(
    CASE
      WHEN u.day > %(middle)s
      THEN CAST(COALESCE(u.count, u.users, 1) AS DECIMAL(38, 12))
    END
  ) AS recent,
  SUM(
    CASE
      WHEN u.day > %(start)s AND u.day <= %(middle)s
      THEN CAST(COALESCE(u.count, u.users, 1) AS DECIMAL(38, 12))
    END
  ) AS prior,
  COUNT(u.users) AS n_users,
  COUNT(u.count) AS n_counts
FROM usage AS u
WHERE
  u.day <= %(through)s
GROUP BY
  u.account_id
