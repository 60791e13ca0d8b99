SELECT DISTINCT
  p.account_id,
  m.month,
  'plan_agreed' AS exposure
FROM known_success_plans AS p
JOIN months AS m
  ON p.known_from <= m.day AND m.day < p.known_until
UNION ALL
SELECT DISTINCT
  p.account_id,
  m.month,
  'criterion_met' AS exposure
FROM known_success_plans AS p
JOIN months AS m
  ON p.known_from <= m.day AND m.day < p.known_until
WHERE
  p.status = 'met' AND p.assessed_on <= m.day
