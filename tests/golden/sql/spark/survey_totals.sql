SELECT
  w.quarter,
  COALESCE(a.segment, 'unassigned') AS segment,
  SUM(CASE WHEN s.kind = 'nps' THEN 1 ELSE 0 END) AS n_nps,
  SUM(CASE WHEN s.kind = 'nps' AND s.score >= 9 THEN 1 ELSE 0 END) AS n_promoters,
  SUM(CASE WHEN s.kind = 'nps' AND s.score <= 6 THEN 1 ELSE 0 END) AS n_detractors,
  SUM(CASE WHEN s.kind = 'csat' THEN 1 ELSE 0 END) AS n_csat,
  SUM(CASE WHEN s.kind = 'csat' THEN CAST(s.score AS DECIMAL(38, 12)) END) AS sum_csat
FROM surveys AS s
JOIN windows AS w
  ON s.answered_on > w.opening AND s.answered_on <= w.closing
LEFT JOIN accounts AS a
  ON a.account_id = s.account_id
GROUP BY
  w.quarter,
  COALESCE(a.segment, 'unassigned')
