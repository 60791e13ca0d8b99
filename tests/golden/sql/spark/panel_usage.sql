WITH marked AS (
  SELECT
    u.account_id,
    u.day,
    u.users,
    CAST(u.count AS DECIMAL(38, 12)) AS amount,
    CAST(EXTRACT(YEAR FROM u.day) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM u.day) AS BIGINT) - 1 + CASE WHEN CAST(EXTRACT(DAY FROM u.day) AS BIGINT) > :anchor THEN 1 ELSE 0 END - :last AS used_in,
    CAST(EXTRACT(YEAR FROM u.known_from) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM u.known_from) AS BIGINT) - 1 + CASE WHEN CAST(EXTRACT(DAY FROM u.known_from) AS BIGINT) > :anchor THEN 1 ELSE 0 END - :last AS known_in,
    CAST(EXTRACT(YEAR FROM u.known_until) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM u.known_until) AS BIGINT) - 1 + CASE
      WHEN CAST(EXTRACT(DAY FROM u.known_until) AS BIGINT) > :anchor
      THEN 1
      ELSE 0
    END - :last AS gone_in,
    CASE
      WHEN COALESCE(u.count, 0) > 0
      OR COALESCE(u.users, 0) > 0
      OR (
        u.count IS NULL AND u.users IS NULL
      )
      THEN 1
      ELSE 0
    END AS used,
    (
      CASE
        WHEN TYPEOF(
          POWER(CAST(2 AS DOUBLE), CAST(CAST(EXTRACT(DAY FROM u.day) AS BIGINT) AS DOUBLE))
        ) IN ('double', 'float')
        THEN CAST(RINT(
          POWER(CAST(2 AS DOUBLE), CAST(CAST(EXTRACT(DAY FROM u.day) AS BIGINT) AS DOUBLE))
        ) AS BIGINT)
        WHEN TYPEOF(
          POWER(CAST(2 AS DOUBLE), CAST(CAST(EXTRACT(DAY FROM u.day) AS BIGINT) AS DOUBLE))
        ) LIKE 'decimal%'
        THEN CAST(ROUND(
          POWER(CAST(2 AS DOUBLE), CAST(CAST(EXTRACT(DAY FROM u.day) AS BIGINT) AS DOUBLE))
        ) AS BIGINT)
        ELSE CAST(POWER(CAST(2 AS DOUBLE), CAST(CAST(EXTRACT(DAY FROM u.day) AS BIGINT) AS DOUBLE)) AS BIGINT)
      END
    ) AS day_bit,
    f.bit AS feature_bit,
    u.feature
  FROM known_usage AS u
  LEFT JOIN numbered AS f
    ON f.feature = u.feature
  WHERE
    u.day > :after
)
SELECT
  account_id,
  used_in,
  known_in,
  gone_in,
  MAX(users) AS users,
  SUM(users) AS users_sum,
  SUM(amount) AS amount,
  SUM(CASE WHEN users > 0 AND NOT amount IS NULL THEN amount END) AS events,
  SUM(
    CASE
      WHEN users > 0 AND NOT amount IS NULL
      THEN CAST(users * r.rate AS DECIMAL(38, 12))
    END
  ) AS usual_events,
  BIT_OR(day_bit) AS days,
  BIT_OR(CASE WHEN used = 1 THEN day_bit ELSE 0 END) AS used_days,
  BIT_OR(CASE WHEN used = 1 THEN COALESCE(feature_bit, 0) ELSE 0 END) AS features,
  MIN(day) AS first_on,
  MAX(CASE WHEN used = 1 THEN day END) AS last_used_on
FROM marked AS k
LEFT JOIN rates AS r
  ON r.feature = k.feature AND r.month = k.known_in
WHERE
  known_in < gone_in
GROUP BY
  account_id,
  used_in,
  known_in,
  gone_in
