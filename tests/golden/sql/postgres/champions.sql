SELECT
  c.account_id,
  SUM(
    CASE
      WHEN c.stance = 'champion' AND (
        c.departed_on IS NULL OR c.departed_on > %(day)s
      )
      THEN 1
      ELSE 0
    END
  ) AS n_there,
  SUM(
    CASE
      WHEN c.stance = 'champion' AND c.departed_on > %(since)s AND c.departed_on <= %(day)s
      THEN 1
      ELSE 0
    END
  ) AS n_left
FROM contacts AS c
WHERE
  c.joined_on IS NULL OR c.joined_on <= %(day)s
GROUP BY
  c.account_id
