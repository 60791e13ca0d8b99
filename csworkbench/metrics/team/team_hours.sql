-- One row per window × CSM × touch tier × function × direction: touches, those with hours, and their hours.
SELECT
  w.quarter,
  a.csm_id,
  k.touch_tier,
  a.function,
  a.direction,
  count(*) AS n,
  count(a.hours) AS n_timed,
  sum(CAST(a.hours AS DECIMAL(18, 4))) AS hours
FROM activities AS a
JOIN windows AS w ON CAST(a.at AS DATE) > w.opening AND CAST(a.at AS DATE) <= w.closing
LEFT JOIN accounts AS k ON k.account_id = a.account_id
WHERE a.csm_id IS NOT NULL
GROUP BY w.quarter, a.csm_id, k.touch_tier, a.function, a.direction
