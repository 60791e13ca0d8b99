-- One row per account with answers by $through: the last NPS (mean of that day's answers) and its day, and the
-- satisfaction answered in ($middle, $through].
WITH ranked AS (
  SELECT
    account_id,
    kind,
    answered_on,
    CAST(score AS DECIMAL(38, 12)) AS score,
    rank() OVER (PARTITION BY account_id, kind ORDER BY answered_on DESC) AS place
  FROM surveys
  WHERE answered_on <= $through
)
SELECT
  account_id,
  avg(CASE WHEN kind = 'nps' AND place = 1 THEN score END) AS nps,
  max(CASE WHEN kind = 'nps' THEN answered_on END) AS nps_on,
  sum(CASE WHEN kind = 'csat' AND answered_on > $middle THEN 1 ELSE 0 END) AS n_csat,
  sum(CASE WHEN kind = 'csat' AND answered_on > $middle THEN score END) AS sum_csat
FROM ranked
GROUP BY account_id
