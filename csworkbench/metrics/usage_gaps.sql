-- One row per account of a fixed handful: how many days between two rows of usage in ($after, $through], on average.
WITH sampled AS (
  SELECT u.account_id
  FROM usage AS u
  WHERE u.day > $after AND u.day <= $through
  GROUP BY u.account_id
  ORDER BY u.account_id
  LIMIT 500
)
SELECT
  u.account_id,
  count(DISTINCT u.day) AS n_days,
  date_diff('day', min(u.day), max(u.day)) AS span_days
FROM usage AS u
JOIN sampled AS s ON s.account_id = u.account_id
WHERE u.day > $after AND u.day <= $through
GROUP BY u.account_id
