-- One row per account × day: the CSM in charge. A main role goes before others, then the latest assignment.
WITH ranked AS (
  SELECT
    a.account_id,
    d.day,
    a.csm_id,
    row_number() OVER (
      PARTITION BY a.account_id, d.day
      ORDER BY
        CASE WHEN a.role IS NULL OR lower(a.role) IN ('main', 'primary', 'lead', 'owner', 'csm') THEN 0 ELSE 1 END,
        a.starts_on DESC,
        a.csm_id
    ) AS place
  FROM assignments AS a
  JOIN days AS d ON a.starts_on <= d.day AND (a.ends_on IS NULL OR a.ends_on > d.day)
)
SELECT account_id, day, csm_id FROM ranked WHERE place = 1
