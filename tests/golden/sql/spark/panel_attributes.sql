WITH ranked AS (
  SELECT
    h.account_id,
    m.month,
    h.attribute,
    h.value,
    ROW_NUMBER() OVER (
      PARTITION BY h.account_id, m.month, h.attribute
      ORDER BY h.valid_from DESC, h.recorded_at DESC, h.value NULLS LAST
    ) AS newest
  FROM known_account_history AS h
  JOIN months AS m
    ON h.known_from <= m.day
)
SELECT
  account_id,
  month,
  attribute,
  value
FROM ranked
WHERE
  newest = 1
