-- One row per account × product × days of its items, of those that hold on any day from $first through $last.
-- mrr: company currency per month. seats: null where no item says them.
SELECT s.account_id, s.product, s.starts_on, s.ends_on, sum(s.mrr) AS mrr, sum(s.seats) AS seats
FROM subscriptions AS s
WHERE s.starts_on <= $last AND (s.ends_on IS NULL OR s.ends_on > $first)
GROUP BY s.account_id, s.product, s.starts_on, s.ends_on
