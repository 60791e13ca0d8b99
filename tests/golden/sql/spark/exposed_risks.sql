SELECT DISTINCT
  r.account_id,
  m.month,
  'price_risk_open' AS exposure
FROM known_risks AS r
JOIN months AS m
  ON r.known_from <= m.day AND m.day < r.known_until
WHERE
  r.area = 'cost' AND (
    r.closed_on IS NULL OR r.closed_on > m.day
  )
