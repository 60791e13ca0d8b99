WITH ranked AS (
  SELECT
    a.account_id,
    a.csm_id,
    ROW_NUMBER() OVER (
      PARTITION BY a.account_id
      ORDER BY a.starts_on NULLS LAST, CASE
        WHEN a.role IS NULL OR LOWER(a.role) IN ('main', 'primary', 'lead', 'owner', 'csm')
        THEN 0
        ELSE 1
      END NULLS LAST, a.csm_id NULLS LAST
    ) AS place
  FROM assignments AS a
)
SELECT
  account_id,
  csm_id
FROM ranked
WHERE
  place = 1
