-- One row per account × day on which its MRR or its seats change, as last known: before and after, and when the change
-- was decided. An end is there once it was decided or has come.
WITH items AS (
  SELECT s.account_id, s.product, s.plan, s.starts_on, s.mrr, s.seats, s.decided_on,
    CASE WHEN s.ends_on IS NULL OR coalesce(s.decided_on, s.ends_on) > m.day THEN DATE '9999-12-31' ELSE s.ends_on END
      AS until
  FROM known_subscriptions AS s
  JOIN months AS m ON m.month = 0 AND s.known_from <= m.day AND m.day < s.known_until
),
edges AS (
  SELECT account_id, starts_on AS day, mrr AS delta, coalesce(seats, 0) AS seats, 1 AS items, CAST(NULL AS DATE) AS decided_on
  FROM items
  WHERE until > starts_on
  UNION ALL
  SELECT account_id, until AS day, -mrr AS delta, -coalesce(seats, 0) AS seats, -1 AS items,
    CASE WHEN decided_on < until THEN decided_on ELSE until END AS decided_on
  FROM items
  WHERE until > starts_on AND until < DATE '9999-12-31'
)
SELECT account_id, day, sum(delta) AS delta, sum(seats) AS seats, sum(items) AS items, max(decided_on) AS decided_on
FROM edges
GROUP BY account_id, day
