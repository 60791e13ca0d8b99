-- One row per account × month × function with a touch in the 180 days before.
SELECT DISTINCT a.account_id, m.month, concat('touch_', a.function) AS exposure
FROM known_activities AS a
JOIN months AS m
  ON a.known_from <= m.day AND m.day < a.known_until AND date_diff('day', CAST(a."at" AS DATE), m.day) < 180
WHERE a.account_id IS NOT NULL AND a.function IS NOT NULL AND a.direction <> 'reactive'
