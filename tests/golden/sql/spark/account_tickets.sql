WITH dated AS (
  SELECT
    account_id,
    CAST(csat AS DECIMAL(38, 12)) AS csat,
    CAST(opened_at AS DATE) AS opened_on,
    CAST(resolved_at AS DATE) AS resolved_on
  FROM tickets
)
SELECT
  account_id,
  SUM(CASE WHEN resolved_on IS NULL OR resolved_on > :through THEN 1 ELSE 0 END) AS tickets_open,
  SUM(CASE WHEN opened_on > :middle THEN 1 ELSE 0 END) AS tickets_90d,
  SUM(CASE WHEN opened_on > :start AND opened_on <= :middle THEN 1 ELSE 0 END) AS tickets_prior_90d,
  COUNT(
    CASE
      WHEN COALESCE(resolved_on, opened_on) > :middle
      AND COALESCE(resolved_on, opened_on) <= :through
      THEN csat
    END
  ) AS n_csat,
  SUM(
    CASE
      WHEN COALESCE(resolved_on, opened_on) > :middle
      AND COALESCE(resolved_on, opened_on) <= :through
      THEN csat
    END
  ) AS sum_csat
FROM dated
WHERE
  opened_on <= :through
GROUP BY
  account_id
