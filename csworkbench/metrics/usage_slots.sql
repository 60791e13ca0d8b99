-- One row per slot × account with rows of usage in it; slots are parts of time that do not overlap, at most 62 days long.
-- place: of the account (relation `places`). users: most users of one feature on one day. amount: sum of counts.
-- features: one bit for each feature of the relation `numbered` with use. days: one bit for each day with use.
-- calendar: day, slot, bit of the day within its slot.
WITH marked AS (
  SELECT
    u.account_id,
    c.slot,
    u.users,
    u.count AS amount,
    CASE
      WHEN coalesce(u.count, 0) > 0 OR coalesce(u.users, 0) > 0 OR (u.count IS NULL AND u.users IS NULL) THEN c.bit
      ELSE 0
    END AS day_bit,
    coalesce(n.bit, 0) AS feature_bit
  FROM usage AS u
  JOIN calendar AS c ON c.day = u.day
  LEFT JOIN numbered AS n ON n.feature = u.feature
),
used AS (
  SELECT
    account_id,
    slot,
    max(users) AS users,
    sum(CAST(amount AS DECIMAL(38, 12))) AS amount,
    bit_or(CASE WHEN day_bit <> 0 THEN feature_bit ELSE 0 END) AS features,
    bit_or(day_bit) AS days
  FROM marked
  GROUP BY account_id, slot
)
SELECT u.slot, p.place, u.users, u.amount, u.features, u.days
FROM used AS u
JOIN places AS p ON p.account_id = u.account_id
ORDER BY u.slot, p.place
