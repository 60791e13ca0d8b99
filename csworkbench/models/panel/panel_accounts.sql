-- One row per version of an account: its attributes and the days between which they were what was known.
SELECT account_id, started_on, industry, country, CAST(employees AS VARCHAR) AS employees, touch_tier, segment,
  known_from, known_until
FROM known_accounts
