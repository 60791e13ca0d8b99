SELECT
  a.account_id,
  m.month,
  COUNT(*) AS touches_90d,
  SUM(CASE WHEN a.direction = 'proactive' THEN 1 ELSE 0 END) AS n_proactive,
  COUNT(a.direction) AS n_directed
FROM known_activities AS a
JOIN months AS m
  ON a.known_from <= m.day
  AND m.day < a.known_until
  AND (
    DATEDIFF(DAY, CAST(CAST(a.`at` AS DATE) AS DATE), CAST(m.day AS DATE))
  ) < 90
WHERE
  NOT a.account_id IS NULL
GROUP BY
  a.account_id,
  m.month
