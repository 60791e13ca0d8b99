-- One row per account × milestone: the first day on which it was reached.
SELECT m.account_id, m.milestone, min(m.reached_on) AS reached_on
FROM milestones AS m
WHERE m.milestone IN $milestones AND m.reached_on <= $through
GROUP BY m.account_id, m.milestone
