WITH marked AS (
  SELECT
    u.account_id,
    CAST(EXTRACT(YEAR FROM u.day) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM u.day) AS BIGINT) - 1 - %(first_month)s AS months,
    CASE
      WHEN COALESCE(u.count, 0) > 0
      OR COALESCE(u.users, 0) > 0
      OR (
        u.count IS NULL AND u.users IS NULL
      )
      THEN 1
      ELSE 0
    END AS used
  FROM usage AS u
  WHERE
    u.day <= %(last)s
), placed AS (
  SELECT
    account_id,
    CASE
      WHEN months < 0
      THEN -1
      ELSE CAST(FLOOR(
        (
          CAST(months AS DOUBLE PRECISION) / NULLIF(CAST(%(n_months)s AS DOUBLE PRECISION), 0)
        )
      ) AS INT)
    END AS place,
    used
  FROM marked
)
SELECT
  account_id,
  place,
  MAX(used) AS used
FROM placed
GROUP BY
  account_id,
  place
