SELECT DISTINCT
  a.account_id,
  m.month,
  CONCAT('asset_', COALESCE(CAST(a.asset AS STRING), '')) AS exposure
FROM known_assets AS a
JOIN months AS m
  ON a.known_from <= m.day
  AND m.day < a.known_until
  AND (
    DATEDIFF(DAY, CAST(a.used_on AS DATE), CAST(m.day AS DATE))
  ) < 180
