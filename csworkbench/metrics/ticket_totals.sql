-- One row per window × segment: tickets opened in the window and what is known of them. csat: 1 to 5.
SELECT
  w.quarter,
  coalesce(a.segment, 'unassigned') AS segment,
  count(*) AS tickets,
  count(t.escalated) AS n_escalation_known,
  sum(CASE WHEN t.escalated THEN 1 ELSE 0 END) AS n_escalated,
  count(t.bot_resolved) AS n_bot_known,
  sum(CASE WHEN t.bot_resolved THEN 1 ELSE 0 END) AS n_bot,
  count(t.csat) AS n_csat,
  sum(CAST(t.csat AS DECIMAL(38, 12))) AS sum_csat
FROM tickets AS t
JOIN windows AS w ON CAST(t.opened_at AS DATE) > w.opening AND CAST(t.opened_at AS DATE) <= w.closing
LEFT JOIN accounts AS a ON a.account_id = t.account_id
GROUP BY w.quarter, coalesce(a.segment, 'unassigned')
