SELECT
  o.opportunity_id,
  o.account_id,
  o.product,
  o.due_on,
  o.due_mrr,
  o.mrr AS won_mrr,
  o.stage,
  o.csm_call,
  SUM(
    CASE
      WHEN s.starts_on < o.due_on AND (
        s.ends_on IS NULL OR s.ends_on >= o.due_on
      )
      THEN s.mrr
      ELSE 0
    END
  ) AS before_mrr,
  SUM(
    CASE
      WHEN s.starts_on <= o.due_on AND (
        s.ends_on IS NULL OR s.ends_on > o.due_on
      )
      THEN s.mrr
      ELSE 0
    END
  ) AS held_mrr
FROM opportunities AS o
LEFT JOIN subscriptions AS s
  ON s.account_id = o.account_id AND (
    o.product IS NULL OR s.product = o.product
  )
WHERE
  o.kind = 'renewal' AND o.due_on > %(after)s AND o.due_on <= %(through)s
GROUP BY
  o.opportunity_id,
  o.account_id,
  o.product,
  o.due_on,
  o.due_mrr,
  o.mrr,
  o.stage,
  o.csm_call
