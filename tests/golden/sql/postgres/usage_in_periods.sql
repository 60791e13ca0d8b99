SELECT
  u.account_id,
  w.place,
  MAX(
    CASE
      WHEN COALESCE(u.count, 0) > 0
      OR COALESCE(u.users, 0) > 0
      OR (
        u.count IS NULL AND u.users IS NULL
      )
      THEN 1
      ELSE 0
    END
  ) AS used
FROM usage AS u
JOIN windows AS w
  ON u.day >= w.starts_on AND u.day <= w.ends_on
GROUP BY
  u.account_id,
  w.place
