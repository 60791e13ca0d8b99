SELECT
  e.account_id,
  e.feature
FROM entitlements AS e
WHERE
  COALESCE(e.is_core, FALSE) OR e.feature IN %(core)s
GROUP BY
  e.account_id,
  e.feature
