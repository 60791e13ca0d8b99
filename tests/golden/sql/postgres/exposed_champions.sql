SELECT DISTINCT
  c.account_id,
  m.month,
  'champion_there' AS exposure
FROM known_contacts AS c
JOIN months AS m
  ON c.known_from <= m.day AND m.day < c.known_until
WHERE
  c.stance = 'champion' AND (
    c.departed_on IS NULL OR c.departed_on > m.day
  )
