SELECT
  w.quarter,
  COALESCE(a.segment, 'unassigned') AS segment,
  COUNT(*) AS tickets,
  COUNT(t.escalated) AS n_escalation_known,
  SUM(CASE WHEN t.escalated THEN 1 ELSE 0 END) AS n_escalated,
  COUNT(t.bot_resolved) AS n_bot_known,
  SUM(CASE WHEN t.bot_resolved THEN 1 ELSE 0 END) AS n_bot,
  COUNT(t.csat) AS n_csat,
  SUM(CAST(t.csat AS DECIMAL(38, 12))) AS sum_csat
FROM tickets AS t
JOIN windows AS w
  ON CAST(t.opened_at AS DATE) > w.opening AND CAST(t.opened_at AS DATE) <= w.closing
LEFT JOIN accounts AS a
  ON a.account_id = t.account_id
GROUP BY
  w.quarter,
  COALESCE(a.segment, 'unassigned')
