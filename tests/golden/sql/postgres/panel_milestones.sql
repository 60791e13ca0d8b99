WITH reached AS (
  SELECT
    r.account_id,
    m.month,
    s.step,
    s.first_value,
    r.reached_on,
    MAX(s.step) OVER (PARTITION BY r.account_id, m.month) AS furthest
  FROM known_milestones AS r
  JOIN months AS m
    ON r.known_from <= m.day AND m.day < r.known_until
  JOIN steps AS s
    ON s.milestone = r.milestone
)
SELECT
  account_id,
  month,
  COUNT(*) AS milestones_reached,
  MAX(first_value) AS first_value_reached,
  MAX(furthest) AS furthest,
  MAX(CASE WHEN step = furthest THEN reached_on END) AS reached_on
FROM reached
GROUP BY
  account_id,
  month
