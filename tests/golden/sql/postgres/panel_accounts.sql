SELECT
  account_id,
  started_on,
  industry,
  country,
  (
    CAST(employees AS TEXT) COLLATE "C"
  ) AS employees,
  touch_tier,
  segment,
  known_from,
  known_until
FROM known_accounts
