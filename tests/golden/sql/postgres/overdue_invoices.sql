SELECT
  i.account_id,
  SUM(
    CASE
      WHEN i.due_on < %(day)s AND (
        i.paid_on IS NULL OR i.paid_on > %(day)s
      )
      THEN 1
      ELSE 0
    END
  ) AS overdue
FROM invoices AS i
WHERE
  i.issued_on <= %(day)s
GROUP BY
  i.account_id
