WITH served AS (
  SELECT
    t.account_id,
    t.category,
    CAST(t.opened_at AS DATE) AS opened_on,
    LAG(CAST(t.opened_at AS DATE)) OVER (PARTITION BY t.account_id, t.category ORDER BY t.opened_at, t.ticket_id) AS before_on
  FROM tickets AS t
  WHERE
    NOT t.category IS NULL AND CAST(t.opened_at AS DATE) <= %(through)s
)
SELECT
  category,
  COUNT(*) AS n_tickets,
  COUNT(
    CASE WHEN (
      CAST(opened_on AS DATE) - CAST(before_on AS DATE)
    ) <= 90 THEN 1 END
  ) AS n_repeated,
  COUNT(DISTINCT account_id) AS n_accounts
FROM served
WHERE
  opened_on > %(after)s
GROUP BY
  category
