WITH ranked AS (
  SELECT
    s.account_id,
    d.day,
    s.plan,
    ROW_NUMBER() OVER (
      PARTITION BY s.account_id, d.day
      ORDER BY s.mrr DESC NULLS LAST, s.plan, s.subscription_id
    ) AS place
  FROM subscriptions AS s
  JOIN days AS d
    ON s.starts_on <= d.day AND (
      s.ends_on IS NULL OR s.ends_on > d.day
    )
  WHERE
    NOT s.plan IS NULL
)
SELECT
  account_id,
  day,
  plan
FROM ranked
WHERE
  place = 1
