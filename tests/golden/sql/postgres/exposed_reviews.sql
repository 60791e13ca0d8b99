SELECT DISTINCT
  r.account_id,
  m.month,
  'review_held' AS exposure
FROM known_reviews AS r
JOIN months AS m
  ON r.known_from <= m.day AND m.day < r.known_until
WHERE
  r.held_on <= m.day AND (
    CAST(m.day AS DATE) - CAST(r.held_on AS DATE)
  ) < 180
