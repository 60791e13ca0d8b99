-- One row per account: the last score of a vendor.
WITH ranked AS (
  SELECT
    v.account_id,
    v.day,
    v.score,
    v.band,
    row_number() OVER (PARTITION BY v.account_id ORDER BY v.day DESC) AS place
  FROM vendor_health AS v
  WHERE v.source = $source
)
SELECT account_id, day, score, band FROM ranked WHERE place = 1
