-- One row per known category: tickets opened in the window, those whose account had one of it in the 90 days before.
WITH served AS (
  SELECT
    t.account_id,
    t.category,
    CAST(t.opened_at AS DATE) AS opened_on,
    lag(CAST(t.opened_at AS DATE)) OVER (
      PARTITION BY t.account_id, t.category ORDER BY t.opened_at, t.ticket_id
    ) AS before_on
  FROM tickets AS t
  WHERE t.category IS NOT NULL AND CAST(t.opened_at AS DATE) <= $through
)
SELECT
  category,
  count(*) AS n_tickets,
  count(CASE WHEN date_diff('day', before_on, opened_on) <= 90 THEN 1 END) AS n_repeated,
  count(DISTINCT account_id) AS n_accounts
FROM served
WHERE opened_on > $after
GROUP BY category
