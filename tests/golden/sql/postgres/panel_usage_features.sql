SELECT
  feature,
  MIN(known_from) AS known_from,
  MIN(
    CASE
      WHEN COALESCE(u.count, 0) = 0
      AND COALESCE(u.users, 0) = 0
      AND (
        u.count = 0 OR u.users = 0
      )
      THEN known_from
    END
  ) AS zero_from,
  MIN(CASE WHEN NOT u.users IS NULL THEN known_from END) AS users_from
FROM known_usage AS u
GROUP BY
  feature
