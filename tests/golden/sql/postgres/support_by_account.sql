SELECT
  w.quarter,
  t.account_id,
  COUNT(*) AS tickets,
  COUNT(t.csat) AS n_csat,
  SUM(CAST(t.csat AS DECIMAL(38, 12))) AS sum_csat
FROM tickets AS t
JOIN windows AS w
  ON CAST(t.opened_at AS DATE) > w.opening AND CAST(t.opened_at AS DATE) <= w.closing
GROUP BY
  w.quarter,
  t.account_id
