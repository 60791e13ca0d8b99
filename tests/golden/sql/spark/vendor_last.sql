WITH ranked AS (
  SELECT
    v.source,
    v.account_id,
    m.month,
    v.score,
    v.band,
    ROW_NUMBER() OVER (PARTITION BY v.source, v.account_id, m.month ORDER BY v.day DESC) AS place
  FROM known_vendor_health AS v
  JOIN months AS m
    ON v.known_from <= m.day AND m.day < v.known_until
)
SELECT
  source,
  account_id,
  month,
  score,
  band
FROM ranked
WHERE
  place = 1
