WITH by_product AS (
  SELECT
    s.account_id,
    d.day,
    s.product,
    SUM(s.seats) AS seats
  FROM subscriptions AS s
  JOIN days AS d
    ON s.starts_on <= d.day AND (
      s.ends_on IS NULL OR s.ends_on > d.day
    )
  WHERE
    NOT s.seats IS NULL
  GROUP BY
    s.account_id,
    d.day,
    s.product
)
SELECT
  account_id,
  day,
  MAX(seats) AS seats
FROM by_product
GROUP BY
  account_id,
  day
