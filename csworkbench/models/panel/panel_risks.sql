-- One row per account × month with a risk that was opened in the year before or is open: how many are open, and how many
-- of those in the area of cost; a price rise is ahead.
SELECT
  r.account_id,
  m.month,
  sum(CASE WHEN r.closed_on IS NULL OR r.closed_on > m.day THEN 1 ELSE 0 END) AS open_risks,
  max(CASE WHEN r.area = 'cost' AND (r.closed_on IS NULL OR r.closed_on > m.day) THEN 1 ELSE 0 END) AS cost_risk_open
FROM known_risks AS r
JOIN months AS m ON r.known_from <= m.day AND m.day < r.known_until
GROUP BY r.account_id, m.month
