SELECT DISTINCT
  a.account_id,
  m.month,
  CONCAT('touch_', COALESCE(CAST(a.function AS STRING), '')) AS exposure
FROM known_activities AS a
JOIN months AS m
  ON a.known_from <= m.day
  AND m.day < a.known_until
  AND (
    DATEDIFF(DAY, CAST(CAST(a.`at` AS DATE) AS DATE), CAST(m.day AS DATE))
  ) < 180
WHERE
  NOT a.account_id IS NULL AND NOT a.function IS NULL AND a.direction <> 'reactive'
