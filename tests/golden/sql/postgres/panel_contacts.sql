SELECT
  c.account_id,
  m.month,
  SUM(
    CASE
      WHEN c.stance = 'champion' AND (
        c.departed_on IS NULL OR c.departed_on > m.day
      )
      THEN 1
      ELSE 0
    END
  ) AS champions,
  SUM(
    CASE
      WHEN c.stance = 'champion'
      AND c.departed_on <= m.day
      AND (
        CAST(m.day AS DATE) - CAST(c.departed_on AS DATE)
      ) < 180
      THEN 1
      ELSE 0
    END
  ) AS champions_left_180d,
  MIN(
    CASE
      WHEN c.stance = 'champion' AND c.departed_on <= m.day
      THEN (
        CAST(m.day AS DATE) - CAST(c.departed_on AS DATE)
      )
    END
  ) AS days_since_champion_left
FROM known_contacts AS c
JOIN months AS m
  ON c.known_from <= m.day AND m.day < c.known_until
GROUP BY
  c.account_id,
  m.month
