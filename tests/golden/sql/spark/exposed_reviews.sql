SELECT DISTINCT
  r.account_id,
  m.month,
  'review_held' AS exposure
FROM known_reviews AS r
JOIN months AS m
  ON r.known_from <= m.day AND m.day < r.known_until
WHERE
  r.held_on <= m.day
  AND (
    DATEDIFF(DAY, CAST(r.held_on AS DATE), CAST(m.day AS DATE))
  ) < 180
