WITH marked AS (
  SELECT
    w.closing,
    u.account_id,
    u.feature,
    u.users,
    u.count AS amount,
    CASE
      WHEN COALESCE(u.count, 0) > 0
      OR COALESCE(u.users, 0) > 0
      OR (
        u.count IS NULL AND u.users IS NULL
      )
      THEN 1
    END AS used,
    CAST(FLOOR(
      (
        CAST((
          CAST(w.through AS DATE) - CAST(u.day AS DATE)
        ) AS DOUBLE PRECISION) / NULLIF(CAST(%(bucket_days)s AS DOUBLE PRECISION), 0)
      )
    ) AS INT) AS bucket
  FROM usage AS u
  JOIN windows AS w
    ON u.day > w.after AND u.day <= w.through
)
SELECT
  m.closing,
  m.account_id,
  MAX(m.users) AS users,
  SUM(CAST(m.amount AS DECIMAL(38, 12))) AS amount,
  COUNT(
    DISTINCT CASE
      WHEN m.used = 1 AND (
        NOT c.feature IS NULL OR m.feature IN %(core_of_all)s
      )
      THEN m.feature
    END
  ) AS n_core,
  BIT_OR(
    CASE
      WHEN m.used = 1 AND m.bucket < %(n_buckets)s
      THEN CAST(POWER(CAST(2 AS DOUBLE PRECISION), CAST(m.bucket AS DOUBLE PRECISION)) AS BIGINT)
      ELSE 0
    END
  ) AS periods
FROM marked AS m
LEFT JOIN core AS c
  ON c.account_id = m.account_id AND c.feature = m.feature
GROUP BY
  m.closing,
  m.account_id
