-- The core features of each account: entitled ones that are marked as core or named in the settings.
SELECT e.account_id, e.feature
FROM entitlements AS e
WHERE coalesce(e.is_core, FALSE) OR e.feature IN $core
GROUP BY e.account_id, e.feature
