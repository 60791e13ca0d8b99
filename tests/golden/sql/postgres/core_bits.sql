SELECT
  c.account_id,
  BIT_OR(n.bit) AS bits
FROM core AS c
JOIN numbered AS n
  ON n.feature = c.feature
GROUP BY
  c.account_id
