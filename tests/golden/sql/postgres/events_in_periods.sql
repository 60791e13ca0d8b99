WITH chosen AS (
  SELECT
    u.account_id,
    CAST(EXTRACT(YEAR FROM u.day) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM u.day) AS BIGINT) - 1 - %(first_month)s AS months,
    CAST(COALESCE(u.count, 1) AS DECIMAL(38, 12)) AS value
  FROM usage AS u
  WHERE
    u.feature IN %(features)s AND u.day <= %(last)s
), placed AS (
  SELECT
    account_id,
    CAST(FLOOR(
      (
        CAST(months AS DOUBLE PRECISION) / NULLIF(CAST(%(n_months)s AS DOUBLE PRECISION), 0)
      )
    ) AS INT) AS place,
    value
  FROM chosen
)
SELECT
  account_id,
  place,
  SUM(value) AS value
FROM placed
GROUP BY
  account_id,
  place
