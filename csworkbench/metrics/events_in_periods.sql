-- One row per account × period with events of the given features by $last; value: sum of counts (1 where not counted).
-- place: periods of $n_months months since the one that starts in $first_month (months since year 0).
WITH chosen AS (
  SELECT
    u.account_id,
    extract(YEAR FROM u.day) * 12 + extract(MONTH FROM u.day) - 1 - $first_month AS months,
    CAST(coalesce(u.count, 1) AS DECIMAL(38, 12)) AS value
  FROM usage AS u
  WHERE u.feature IN $features AND u.day <= $last
),
placed AS (
  SELECT account_id, CAST(floor(months / $n_months) AS INTEGER) AS place, value FROM chosen
)
SELECT account_id, place, sum(value) AS value FROM placed GROUP BY account_id, place
