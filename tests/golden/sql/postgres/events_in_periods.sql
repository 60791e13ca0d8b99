SELECT
  u.account_id,
  w.place,
  SUM(COALESCE(u.count, 1)) AS value
FROM usage AS u
JOIN windows AS w
  ON u.day >= w.starts_on AND u.day <= w.ends_on
WHERE
  u.feature IN %(features)s
GROUP BY
  u.account_id,
  w.place
