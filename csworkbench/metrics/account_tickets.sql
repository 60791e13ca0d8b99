-- One row per account with tickets by $through: still open, opened in ($middle, $through] and in ($start, $middle],
-- and the satisfaction of those resolved (or, unresolved, opened) in ($middle, $through].
WITH dated AS (
  SELECT
    account_id,
    CAST(csat AS DECIMAL(38, 12)) AS csat,
    CAST(opened_at AS DATE) AS opened_on,
    CAST(resolved_at AS DATE) AS resolved_on
  FROM tickets
)
SELECT
  account_id,
  sum(CASE WHEN resolved_on IS NULL OR resolved_on > $through THEN 1 ELSE 0 END) AS tickets_open,
  sum(CASE WHEN opened_on > $middle THEN 1 ELSE 0 END) AS tickets_90d,
  sum(CASE WHEN opened_on > $start AND opened_on <= $middle THEN 1 ELSE 0 END) AS tickets_prior_90d,
  count(CASE WHEN coalesce(resolved_on, opened_on) > $middle AND coalesce(resolved_on, opened_on) <= $through THEN csat END)
    AS n_csat,
  sum(CASE WHEN coalesce(resolved_on, opened_on) > $middle AND coalesce(resolved_on, opened_on) <= $through THEN csat END)
    AS sum_csat
FROM dated
WHERE opened_on <= $through
GROUP BY account_id
