-- One row per account × month of use × month from which it was known × month from which it no longer was.
-- Months are numbers (see months.month_no) relative to $last. users: most users of one feature on one day; users_sum and
-- amount: over all rows; days, used_days, features: one bit for each day measured, day of use and feature used.
-- events, usual_events: of the rows that count users and events, and what as many users of these features usually do.
-- Decimals, so that no sum depends on the order of the rows. rates: feature, month, events per user as known in that month.
WITH marked AS (
  SELECT
    u.account_id,
    u.day,
    u.users,
    CAST(u.count AS DECIMAL(38, 12)) AS amount,
    extract(YEAR FROM u.day) * 12 + extract(MONTH FROM u.day) - 1
      + CASE WHEN extract(DAY FROM u.day) > $anchor THEN 1 ELSE 0 END - $last AS used_in,
    extract(YEAR FROM u.known_from) * 12 + extract(MONTH FROM u.known_from) - 1
      + CASE WHEN extract(DAY FROM u.known_from) > $anchor THEN 1 ELSE 0 END - $last AS known_in,
    extract(YEAR FROM u.known_until) * 12 + extract(MONTH FROM u.known_until) - 1
      + CASE WHEN extract(DAY FROM u.known_until) > $anchor THEN 1 ELSE 0 END - $last AS gone_in,
    CASE
      WHEN coalesce(u.count, 0) > 0 OR coalesce(u.users, 0) > 0 OR (u.count IS NULL AND u.users IS NULL) THEN 1 ELSE 0
    END AS used,
    CAST(power(2, extract(DAY FROM u.day)) AS BIGINT) AS day_bit,
    f.bit AS feature_bit,
    u.feature
  FROM known_usage AS u
  LEFT JOIN numbered AS f ON f.feature = u.feature
  WHERE u.day > $after
)
SELECT
  account_id,
  used_in,
  known_in,
  gone_in,
  max(users) AS users,
  sum(users) AS users_sum,
  sum(amount) AS amount,
  sum(CASE WHEN users > 0 AND amount IS NOT NULL THEN amount END) AS events,
  sum(CASE WHEN users > 0 AND amount IS NOT NULL THEN CAST(users * r.rate AS DECIMAL(38, 12)) END)
    AS usual_events,
  bit_or(day_bit) AS days,
  bit_or(CASE WHEN used = 1 THEN day_bit ELSE 0 END) AS used_days,
  bit_or(CASE WHEN used = 1 THEN coalesce(feature_bit, 0) ELSE 0 END) AS features,
  min(day) AS first_on,
  max(CASE WHEN used = 1 THEN day END) AS last_used_on
FROM marked AS k
LEFT JOIN rates AS r ON r.feature = k.feature AND r.month = k.known_in
WHERE known_in < gone_in
GROUP BY account_id, used_in, known_in, gone_in
