-- One row per account × month with contacts: champions there, those that left in 180 days, days since the last left.
SELECT
  c.account_id,
  m.month,
  sum(CASE WHEN c.stance = 'champion' AND (c.departed_on IS NULL OR c.departed_on > m.day) THEN 1 ELSE 0 END)
    AS champions,
  sum(CASE
    WHEN c.stance = 'champion' AND c.departed_on <= m.day AND date_diff('day', c.departed_on, m.day) < 180 THEN 1 ELSE 0
  END) AS champions_left_180d,
  min(CASE
    WHEN c.stance = 'champion' AND c.departed_on <= m.day THEN date_diff('day', c.departed_on, m.day)
  END) AS days_since_champion_left
FROM known_contacts AS c
JOIN months AS m ON c.known_from <= m.day AND m.day < c.known_until
GROUP BY c.account_id, m.month
