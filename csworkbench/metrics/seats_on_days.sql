-- One row per account × day: seats bought; items of one product add up, the product with most seats counts.
WITH by_product AS (
  SELECT s.account_id, d.day, s.product, sum(s.seats) AS seats
  FROM subscriptions AS s
  JOIN days AS d ON s.starts_on <= d.day AND (s.ends_on IS NULL OR s.ends_on > d.day)
  WHERE s.seats IS NOT NULL
  GROUP BY s.account_id, d.day, s.product
)
SELECT account_id, day, max(seats) AS seats FROM by_product GROUP BY account_id, day
