SELECT
  v.account_id,
  MAX(CAST(v.at AS DATE)) AS last_on
FROM activities AS v
WHERE
  NOT v.account_id IS NULL AND CAST(v.at AS DATE) <= %(through)s
GROUP BY
  v.account_id
