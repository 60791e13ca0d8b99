SELECT
  s.account_id,
  ROW_NUMBER() OVER (ORDER BY s.account_id NULLS LAST) - 1 AS place
FROM (
  SELECT DISTINCT
    account_id
  FROM subscriptions
) AS s
