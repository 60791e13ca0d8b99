-- One row per account with activities by $through: the day of the last one.
SELECT v.account_id, max(CAST(v.at AS DATE)) AS last_on
FROM activities AS v
WHERE v.account_id IS NOT NULL AND CAST(v.at AS DATE) <= $through
GROUP BY v.account_id
