SELECT DISTINCT
  a.account_id,
  m.month,
  CONCAT('asset_', a.asset) AS exposure
FROM known_assets AS a
JOIN months AS m
  ON a.known_from <= m.day
  AND m.day < a.known_until
  AND (
    CAST(m.day AS DATE) - CAST(a.used_on AS DATE)
  ) < 180
