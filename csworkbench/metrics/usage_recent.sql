-- One row per account with usage by $through: first day measured, last day of use, and the amount (count, else users)
-- in ($middle, $through] and in ($start, $middle]. n_users, n_counts: rows that say users or count at all.
SELECT
  u.account_id,
  min(u.day) AS first_on,
  max(CASE
    WHEN coalesce(u.count, 0) > 0 OR coalesce(u.users, 0) > 0 OR (u.count IS NULL AND u.users IS NULL) THEN u.day
  END) AS last_used_on,
  sum(CASE WHEN u.day > $middle THEN CAST(coalesce(u.count, u.users, 1) AS DECIMAL(38, 12)) END) AS recent,
  sum(CASE
    WHEN u.day > $start AND u.day <= $middle THEN CAST(coalesce(u.count, u.users, 1) AS DECIMAL(38, 12))
  END) AS prior,
  count(u.users) AS n_users,
  count(u.count) AS n_counts
FROM usage AS u
WHERE u.day <= $through
GROUP BY u.account_id
