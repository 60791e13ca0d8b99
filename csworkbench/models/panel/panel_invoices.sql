-- One row per account × month with invoices issued in the year before: failed payments of 90 days, overdue invoices.
SELECT
  i.account_id,
  m.month,
  sum(CASE WHEN date_diff('day', i.issued_on, m.day) < 90 THEN coalesce(i.failures, 0) ELSE 0 END)
    AS failed_payments_90d,
  sum(CASE WHEN i.due_on < m.day AND (i.paid_on IS NULL OR i.paid_on > m.day) THEN 1 ELSE 0 END) AS overdue_invoices
FROM known_invoices AS i
JOIN months AS m ON i.known_from <= m.day AND m.day < i.known_until AND date_diff('day', i.issued_on, m.day) < 365
GROUP BY i.account_id, m.month
