-- One row per account with contacts by $day: champions still there, and those who left in ($since, $day].
SELECT
  c.account_id,
  sum(CASE WHEN c.stance = 'champion' AND (c.departed_on IS NULL OR c.departed_on > $day) THEN 1 ELSE 0 END) AS n_there,
  sum(CASE WHEN c.stance = 'champion' AND c.departed_on > $since AND c.departed_on <= $day THEN 1 ELSE 0 END) AS n_left
FROM contacts AS c
WHERE c.joined_on IS NULL OR c.joined_on <= $day
GROUP BY c.account_id
