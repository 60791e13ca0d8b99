-- One row per feature: the day from which it was known at all, with a measured zero, with users.
SELECT
  feature,
  min(known_from) AS known_from,
  min(CASE WHEN coalesce(u.count, 0) = 0 AND coalesce(u.users, 0) = 0 AND (u.count = 0 OR u.users = 0) THEN known_from END)
    AS zero_from,
  min(CASE WHEN u.users IS NOT NULL THEN known_from END) AS users_from
FROM known_usage AS u
GROUP BY feature
