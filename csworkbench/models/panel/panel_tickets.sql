-- One row per account × month with tickets opened in the year before: how many in 30 and 90 days, how many of them
-- urgent or escalated, their mean rating as far as known, and how many are open.
SELECT
  t.account_id,
  m.month,
  sum(CASE WHEN date_diff('day', CAST(t.opened_at AS DATE), m.day) < 30 THEN 1 ELSE 0 END) AS tickets_30d,
  sum(CASE WHEN date_diff('day', CAST(t.opened_at AS DATE), m.day) < 90 THEN 1 ELSE 0 END) AS tickets_90d,
  sum(CASE
    WHEN t.escalated AND date_diff('day', CAST(t.opened_at AS DATE), m.day) < 90 THEN 1 ELSE 0
  END) AS escalated_90d,
  sum(CASE
    WHEN lower(t.priority) IN $urgent AND date_diff('day', CAST(t.opened_at AS DATE), m.day) < 30 THEN 1 ELSE 0
  END) AS urgent_30d,
  sum(CASE
    WHEN lower(t.priority) IN $urgent AND date_diff('day', CAST(t.opened_at AS DATE), m.day) < 90 THEN 1 ELSE 0
  END) AS urgent_90d,
  avg(CASE
    WHEN date_diff('day', CAST(t.opened_at AS DATE), m.day) < 90
      AND (t.resolved_at IS NULL OR CAST(t.resolved_at AS DATE) <= m.day)
    THEN CAST(t.csat AS DECIMAL(38, 12))
  END) AS csat_90d,
  sum(CASE WHEN t.resolved_at IS NULL OR CAST(t.resolved_at AS DATE) > m.day THEN 1 ELSE 0 END) AS open_tickets
FROM known_tickets AS t
JOIN months AS m
  ON t.known_from <= m.day AND m.day < t.known_until AND date_diff('day', CAST(t.opened_at AS DATE), m.day) < 365
GROUP BY t.account_id, m.month
