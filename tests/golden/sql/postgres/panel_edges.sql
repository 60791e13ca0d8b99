WITH items AS (
  SELECT
    s.account_id,
    s.product,
    s.plan,
    s.starts_on,
    s.mrr,
    s.seats,
    s.decided_on,
    CASE
      WHEN s.ends_on IS NULL OR COALESCE(s.decided_on, s.ends_on) > m.day
      THEN CAST('9999-12-31' AS DATE)
      ELSE s.ends_on
    END AS until
  FROM known_subscriptions AS s
  JOIN months AS m
    ON m.month = 0 AND s.known_from <= m.day AND m.day < s.known_until
), edges AS (
  SELECT
    account_id,
    starts_on AS day,
    mrr AS delta,
    COALESCE(seats, 0) AS seats,
    1 AS items,
    CAST(NULL AS DATE) AS decided_on
  FROM items
  WHERE
    until > starts_on
  UNION ALL
  SELECT
    account_id,
    until AS day,
    -mrr AS delta,
    -COALESCE(seats, 0) AS seats,
    -1 AS items,
    CASE WHEN decided_on < until THEN decided_on ELSE until END AS decided_on
  FROM items
  WHERE
    until > starts_on AND until < CAST('9999-12-31' AS DATE)
)
SELECT
  account_id,
  day,
  SUM(delta) AS delta,
  SUM(seats) AS seats,
  SUM(items) AS items,
  MAX(decided_on) AS decided_on
FROM edges
GROUP BY
  account_id,
  day
