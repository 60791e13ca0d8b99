WITH ranked AS (
  SELECT
    a.account_id,
    a.csm_id,
    ROW_NUMBER() OVER (
      PARTITION BY a.account_id
      ORDER BY a.starts_on, CASE
        WHEN a.role IS NULL OR LOWER(a.role) IN ('main', 'primary', 'lead', 'owner', 'csm')
        THEN 0
        ELSE 1
      END, a.csm_id
    ) AS place
  FROM assignments AS a
)
SELECT
  account_id,
  csm_id
FROM ranked
WHERE
  place = 1
