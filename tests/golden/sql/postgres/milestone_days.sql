SELECT
  m.account_id,
  m.milestone,
  MIN(m.reached_on) AS reached_on
FROM milestones AS m
WHERE
  m.milestone IN %(milestones)s AND m.reached_on <= %(through)s
GROUP BY
  m.account_id,
  m.milestone
