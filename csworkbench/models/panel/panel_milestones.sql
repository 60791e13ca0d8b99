-- One row per account × month with milestones reached: how many, the furthest step and when, whether value was reached.
-- steps: milestone, step (from 1), first_value (0 or 1).
WITH reached AS (
  SELECT
    r.account_id,
    m.month,
    s.step,
    s.first_value,
    r.reached_on,
    max(s.step) OVER (PARTITION BY r.account_id, m.month) AS furthest
  FROM known_milestones AS r
  JOIN months AS m ON r.known_from <= m.day AND m.day < r.known_until
  JOIN steps AS s ON s.milestone = r.milestone
)
SELECT
  account_id,
  month,
  count(*) AS milestones_reached,
  max(first_value) AS first_value_reached,
  max(furthest) AS furthest,
  max(CASE WHEN step = furthest THEN reached_on END) AS reached_on
FROM reached
GROUP BY account_id, month
