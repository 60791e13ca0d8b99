WITH marked AS (
  SELECT
    u.feature,
    u.known_from,
    u.users,
    CAST(u.count AS DECIMAL(38, 12)) AS amount,
    CAST(EXTRACT(YEAR FROM u.known_from) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM u.known_from) AS BIGINT) - 1 + CASE
      WHEN CAST(EXTRACT(DAY FROM u.known_from) AS BIGINT) > %(anchor)s
      THEN 1
      ELSE 0
    END - %(last)s AS known_in,
    CAST(EXTRACT(YEAR FROM u.known_until) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM u.known_until) AS BIGINT) - 1 + CASE
      WHEN CAST(EXTRACT(DAY FROM u.known_until) AS BIGINT) > %(anchor)s
      THEN 1
      ELSE 0
    END - %(last)s AS gone_in
  FROM known_usage AS u
)
SELECT
  feature,
  known_in,
  gone_in,
  MIN(known_from) AS known_from,
  MIN(
    CASE
      WHEN COALESCE(amount, 0) = 0
      AND COALESCE(users, 0) = 0
      AND (
        amount = 0 OR users = 0
      )
      THEN known_from
    END
  ) AS zero_from,
  MIN(CASE WHEN NOT users IS NULL THEN known_from END) AS users_from,
  SUM(CASE WHEN users > 0 AND NOT amount IS NULL THEN users END) AS users,
  SUM(CASE WHEN users > 0 THEN amount END) AS events
FROM marked
GROUP BY
  feature,
  known_in,
  gone_in
