WITH ranked AS (
  SELECT
    a.account_id,
    d.day,
    a.csm_id,
    ROW_NUMBER() OVER (
      PARTITION BY a.account_id, d.day
      ORDER BY CASE
        WHEN a.role IS NULL OR LOWER(a.role) IN ('main', 'primary', 'lead', 'owner', 'csm')
        THEN 0
        ELSE 1
      END, a.starts_on DESC NULLS LAST, a.csm_id
    ) AS place
  FROM assignments AS a
  JOIN days AS d
    ON a.starts_on <= d.day AND (
      a.ends_on IS NULL OR a.ends_on > d.day
    )
)
SELECT
  account_id,
  day,
  csm_id
FROM ranked
WHERE
  place = 1
