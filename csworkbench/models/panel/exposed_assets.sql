-- One row per account × month × content used in the 180 days before.
SELECT DISTINCT a.account_id, m.month, concat('asset_', a.asset) AS exposure
FROM known_assets AS a
JOIN months AS m ON a.known_from <= m.day AND m.day < a.known_until AND date_diff('day', a.used_on, m.day) < 180
