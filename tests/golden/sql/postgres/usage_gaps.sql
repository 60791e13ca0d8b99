WITH sampled AS (
  SELECT
    u.account_id
  FROM usage AS u
  WHERE
    u.day > %(after)s AND u.day <= %(through)s
  GROUP BY
    u.account_id
  ORDER BY
    u.account_id
  LIMIT 500
)
SELECT
  u.account_id,
  COUNT(DISTINCT u.day) AS n_days,
  (
    CAST(MAX(u.day) AS DATE) - CAST(MIN(u.day) AS DATE)
  ) AS span_days
FROM usage AS u
JOIN sampled AS s
  ON s.account_id = u.account_id
WHERE
  u.day > %(after)s AND u.day <= %(through)s
GROUP BY
  u.account_id
