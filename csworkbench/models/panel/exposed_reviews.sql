-- One row per account × month with a business review held in the 180 days before.
SELECT DISTINCT r.account_id, m.month, 'review_held' AS exposure
FROM known_reviews AS r
JOIN months AS m ON r.known_from <= m.day AND m.day < r.known_until
WHERE r.held_on <= m.day AND date_diff('day', r.held_on, m.day) < 180
