-- One row per renewal opportunity due in ($after, $through], with the MRR of its account (and product, where it names
-- one) on the day before and on the due date.
SELECT
  o.opportunity_id,
  o.account_id,
  o.product,
  o.due_on,
  o.due_mrr,
  o.mrr AS won_mrr,
  o.stage,
  o.csm_call,
  sum(CASE
    WHEN s.starts_on < o.due_on AND (s.ends_on IS NULL OR s.ends_on >= o.due_on) THEN s.mrr ELSE 0
  END) AS before_mrr,
  sum(CASE WHEN s.starts_on <= o.due_on AND (s.ends_on IS NULL OR s.ends_on > o.due_on) THEN s.mrr ELSE 0 END)
    AS held_mrr
FROM opportunities AS o
LEFT JOIN subscriptions AS s ON s.account_id = o.account_id AND (o.product IS NULL OR s.product = o.product)
WHERE o.kind = 'renewal' AND o.due_on > $after AND o.due_on <= $through
GROUP BY o.opportunity_id, o.account_id, o.product, o.due_on, o.due_mrr, o.mrr, o.stage, o.csm_call
