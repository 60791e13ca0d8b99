-- One row per account × period with rows of usage by $last; used: 1 when any of them shows use, else 0.
-- place: periods of $n_months months since the one that starts in $first_month (months since year 0); −1 before it.
WITH marked AS (
  SELECT
    u.account_id,
    extract(YEAR FROM u.day) * 12 + extract(MONTH FROM u.day) - 1 - $first_month AS months,
    CASE
      WHEN coalesce(u.count, 0) > 0 OR coalesce(u.users, 0) > 0 OR (u.count IS NULL AND u.users IS NULL) THEN 1 ELSE 0
    END AS used
  FROM usage AS u
  WHERE u.day <= $last
),
placed AS (
  SELECT
    account_id,
    CASE WHEN months < 0 THEN -1 ELSE CAST(floor(months / $n_months) AS INTEGER) END AS place,
    used
  FROM marked
)
SELECT account_id, place, max(used) AS used FROM placed GROUP BY account_id, place
