SELECT
  i.account_id,
  m.month,
  SUM(
    CASE
      WHEN (
        CAST(m.day AS DATE) - CAST(i.issued_on AS DATE)
      ) < 90
      THEN COALESCE(i.failures, 0)
      ELSE 0
    END
  ) AS failed_payments_90d,
  SUM(
    CASE
      WHEN i.due_on < m.day AND (
        i.paid_on IS NULL OR i.paid_on > m.day
      )
      THEN 1
      ELSE 0
    END
  ) AS overdue_invoices
FROM known_invoices AS i
JOIN months AS m
  ON i.known_from <= m.day
  AND m.day < i.known_until
  AND (
    CAST(m.day AS DATE) - CAST(i.issued_on AS DATE)
  ) < 365
GROUP BY
  i.account_id,
  m.month
