WITH due AS (
  SELECT DISTINCT
    subscription_id,
    account_id,
    COALESCE(product, '') AS product,
    renews_on AS due_on
  FROM subscriptions
  WHERE
    renews_on > :after AND renews_on <= :through
)
SELECT
  r.subscription_id,
  r.account_id,
  r.product,
  r.due_on,
  SUM(
    CASE
      WHEN s.starts_on < r.due_on
      AND s.renews_on = r.due_on
      AND (
        s.ends_on IS NULL OR s.ends_on >= r.due_on
      )
      THEN s.mrr
      ELSE 0
    END
  ) AS due_mrr,
  SUM(
    CASE
      WHEN s.starts_on <= r.due_on AND (
        s.ends_on IS NULL OR s.ends_on > r.due_on
      )
      THEN s.mrr
      ELSE 0
    END
  ) AS held_mrr
FROM due AS r
JOIN subscriptions AS s
  ON s.subscription_id = r.subscription_id AND s.account_id = r.account_id
GROUP BY
  r.subscription_id,
  r.account_id,
  r.product,
  r.due_on
