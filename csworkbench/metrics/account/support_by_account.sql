-- One row per window × account with tickets opened in it: how many, and the satisfaction of those that were rated.
SELECT
  w.quarter,
  t.account_id,
  count(*) AS tickets,
  count(t.csat) AS n_csat,
  sum(CAST(t.csat AS DECIMAL(38, 12))) AS sum_csat
FROM tickets AS t
JOIN windows AS w ON CAST(t.opened_at AS DATE) > w.opening AND CAST(t.opened_at AS DATE) <= w.closing
GROUP BY w.quarter, t.account_id
