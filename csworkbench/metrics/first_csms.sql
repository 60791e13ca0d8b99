-- One row per account that ever had a CSM: the first one. A main role goes before others.
WITH ranked AS (
  SELECT
    a.account_id,
    a.csm_id,
    row_number() OVER (
      PARTITION BY a.account_id
      ORDER BY
        a.starts_on,
        CASE WHEN a.role IS NULL OR lower(a.role) IN ('main', 'primary', 'lead', 'owner', 'csm') THEN 0 ELSE 1 END,
        a.csm_id
    ) AS place
  FROM assignments AS a
)
SELECT account_id, csm_id FROM ranked WHERE place = 1
