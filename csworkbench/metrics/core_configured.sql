-- The core features of each account where nothing says what it bought: those of the settings.
SELECT a.account_id, u.feature
FROM accounts AS a
CROSS JOIN (SELECT DISTINCT feature FROM usage WHERE feature IN $core) AS u
