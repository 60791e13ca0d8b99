SELECT
  c.account_id,
  SUM(
    CASE
      WHEN c.stance = 'champion' AND (
        c.departed_on IS NULL OR c.departed_on > :day
      )
      THEN 1
      ELSE 0
    END
  ) AS n_there,
  SUM(
    CASE
      WHEN c.stance = 'champion' AND c.departed_on > :since AND c.departed_on <= :day
      THEN 1
      ELSE 0
    END
  ) AS n_left
FROM contacts AS c
WHERE
  c.joined_on IS NULL OR c.joined_on <= :day
GROUP BY
  c.account_id
