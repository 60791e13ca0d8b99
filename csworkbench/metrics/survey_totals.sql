-- One row per window × segment: answers to surveys. NPS: promoters score 9 or 10, detractors 6 or less. csat: 1 to 5.
SELECT
  w.quarter,
  coalesce(a.segment, 'unassigned') AS segment,
  sum(CASE WHEN s.kind = 'nps' THEN 1 ELSE 0 END) AS n_nps,
  sum(CASE WHEN s.kind = 'nps' AND s.score >= 9 THEN 1 ELSE 0 END) AS n_promoters,
  sum(CASE WHEN s.kind = 'nps' AND s.score <= 6 THEN 1 ELSE 0 END) AS n_detractors,
  sum(CASE WHEN s.kind = 'csat' THEN 1 ELSE 0 END) AS n_csat,
  sum(CASE WHEN s.kind = 'csat' THEN CAST(s.score AS DECIMAL(38, 12)) END) AS sum_csat
FROM surveys AS s
JOIN windows AS w ON s.answered_on > w.opening AND s.answered_on <= w.closing
LEFT JOIN accounts AS a ON a.account_id = s.account_id
GROUP BY w.quarter, coalesce(a.segment, 'unassigned')
