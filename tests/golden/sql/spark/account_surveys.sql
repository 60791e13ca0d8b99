WITH ranked AS (
  SELECT
    account_id,
    kind,
    answered_on,
    CAST(score AS DECIMAL(38, 12)) AS score,
    RANK() OVER (PARTITION BY account_id, kind ORDER BY answered_on DESC) AS place
  FROM surveys
  WHERE
    answered_on <= :through
)
SELECT
  account_id,
  (
    CAST(SUM(CASE WHEN kind = 'nps' AND place = 1 THEN score END) AS DOUBLE) / NULLIF(CAST(COUNT(CASE WHEN kind = 'nps' AND place = 1 THEN score END) AS DOUBLE), 0)
  ) AS nps,
  MAX(CASE WHEN kind = 'nps' THEN answered_on END) AS nps_on,
  SUM(CASE WHEN kind = 'csat' AND answered_on > :middle THEN 1 ELSE 0 END) AS n_csat,
  SUM(CASE WHEN kind = 'csat' AND answered_on > :middle THEN score END) AS sum_csat
FROM ranked
GROUP BY
  account_id
