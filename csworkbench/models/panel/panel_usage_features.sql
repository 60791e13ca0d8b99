-- One row per feature × month from which its rows were known × month from which they no longer were: the day from which
-- it was known at all, with a measured zero, with users; users and events of the rows that count both.
WITH marked AS (
  SELECT
    u.feature,
    u.known_from,
    u.users,
    CAST(u.count AS DECIMAL(38, 12)) AS amount,
    extract(YEAR FROM u.known_from) * 12 + extract(MONTH FROM u.known_from) - 1
      + CASE WHEN extract(DAY FROM u.known_from) > $anchor THEN 1 ELSE 0 END - $last AS known_in,
    extract(YEAR FROM u.known_until) * 12 + extract(MONTH FROM u.known_until) - 1
      + CASE WHEN extract(DAY FROM u.known_until) > $anchor THEN 1 ELSE 0 END - $last AS gone_in
  FROM known_usage AS u
)
SELECT
  feature,
  known_in,
  gone_in,
  min(known_from) AS known_from,
  min(CASE WHEN coalesce(amount, 0) = 0 AND coalesce(users, 0) = 0 AND (amount = 0 OR users = 0) THEN known_from END)
    AS zero_from,
  min(CASE WHEN users IS NOT NULL THEN known_from END) AS users_from,
  sum(CASE WHEN users > 0 AND amount IS NOT NULL THEN users END) AS users,
  sum(CASE WHEN users > 0 THEN amount END) AS events
FROM marked
GROUP BY feature, known_in, gone_in
