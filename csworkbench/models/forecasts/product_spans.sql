-- One row per account × product ever paid for by $day. first_on: first day of it. ended_on: last end known, NULL while an
-- item goes on. held_mrr: MRR of it at the end of $day, company currency per month. held, stays: whether an item holds on
-- $day, and whether one of those has no known end.
SELECT
  s.account_id,
  s.product,
  min(s.starts_on) AS first_on,
  CASE WHEN count(*) = count(s.ends_on) THEN max(s.ends_on) END AS ended_on,
  sum(CASE WHEN s.ends_on IS NULL OR s.ends_on > $day THEN s.mrr ELSE 0 END) AS held_mrr,
  max(CASE WHEN s.ends_on IS NULL OR s.ends_on > $day THEN 1 ELSE 0 END) AS held,
  max(CASE WHEN s.ends_on IS NULL THEN 1 ELSE 0 END) AS stays
FROM subscriptions AS s
WHERE s.starts_on <= $day AND s.product IS NOT NULL AND (s.ends_on IS NULL OR s.ends_on > s.starts_on)
GROUP BY s.account_id, s.product
