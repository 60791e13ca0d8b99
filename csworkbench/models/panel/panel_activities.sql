-- One row per account × month with touches in the 90 days before: how many, how many of them proactive or reactive.
SELECT
  a.account_id,
  m.month,
  count(*) AS touches_90d,
  sum(CASE WHEN a.direction = 'proactive' THEN 1 ELSE 0 END) AS n_proactive,
  count(a.direction) AS n_directed
FROM known_activities AS a
JOIN months AS m
  ON a.known_from <= m.day AND m.day < a.known_until AND date_diff('day', CAST(a."at" AS DATE), m.day) < 90
WHERE a.account_id IS NOT NULL
GROUP BY a.account_id, m.month
