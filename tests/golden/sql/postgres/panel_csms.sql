SELECT
  c.csm_id,
  m.month,
  MIN(c.joined_on) AS joined_on
FROM known_csms AS c
JOIN months AS m
  ON c.known_from <= m.day AND m.day < c.known_until
GROUP BY
  c.csm_id,
  m.month
