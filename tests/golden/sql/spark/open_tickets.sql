SELECT
  account_id,
  CAST(opened_at AS DATE) AS since,
  category AS name
FROM tickets
WHERE
  CAST(opened_at AS DATE) <= :through
  AND (
    resolved_at IS NULL OR CAST(resolved_at AS DATE) > :through
  )
