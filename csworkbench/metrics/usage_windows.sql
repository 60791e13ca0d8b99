-- One row per account × window (after, through] with rows of usage.
-- users: most users of one feature on one day. amount: sum of counts. n_core: core features used, those of the relation
-- `core` (account × feature) and, for every account, those of $core_of_all.
-- periods: one bit for each span of $bucket_days, back from the end of the window, with use (the first $n_buckets).
WITH marked AS (
  SELECT
    w.closing,
    u.account_id,
    u.feature,
    u.users,
    u.count AS amount,
    CASE
      WHEN coalesce(u.count, 0) > 0 OR coalesce(u.users, 0) > 0 OR (u.count IS NULL AND u.users IS NULL) THEN 1
    END AS used,
    CAST(floor(date_diff('day', u.day, w.through) / $bucket_days) AS INTEGER) AS bucket
  FROM usage AS u
  JOIN windows AS w ON u.day > w.after AND u.day <= w.through
)
SELECT
  m.closing,
  m.account_id,
  max(m.users) AS users,
  sum(CAST(m.amount AS DECIMAL(38, 12))) AS amount,
  count(DISTINCT CASE
    WHEN m.used = 1 AND (c.feature IS NOT NULL OR m.feature IN $core_of_all) THEN m.feature
  END) AS n_core,
  bit_or(CASE WHEN m.used = 1 AND m.bucket < $n_buckets THEN CAST(power(2, m.bucket) AS BIGINT) ELSE 0 END) AS periods
FROM marked AS m
LEFT JOIN core AS c ON c.account_id = m.account_id AND c.feature = m.feature
GROUP BY m.closing, m.account_id
