SELECT
  i.account_id,
  SUM(
    CASE
      WHEN i.due_on < :day AND (
        i.paid_on IS NULL OR i.paid_on > :day
      )
      THEN 1
      ELSE 0
    END
  ) AS overdue
FROM invoices AS i
WHERE
  i.issued_on <= :day
GROUP BY
  i.account_id
