WITH marked AS (
  SELECT
    u.account_id,
    c.slot,
    u.users,
    u.count AS amount,
    CASE
      WHEN COALESCE(u.count, 0) > 0
      OR COALESCE(u.users, 0) > 0
      OR (
        u.count IS NULL AND u.users IS NULL
      )
      THEN c.bit
      ELSE 0
    END AS day_bit,
    COALESCE(n.bit, 0) AS feature_bit
  FROM usage AS u
  JOIN calendar AS c
    ON c.day = u.day
  LEFT JOIN numbered AS n
    ON n.feature = u.feature
), used AS (
  SELECT
    account_id,
    slot,
    MAX(users) AS users,
    SUM(CAST(amount AS DECIMAL(38, 12))) AS amount,
    BIT_OR(CASE WHEN day_bit <> 0 THEN feature_bit ELSE 0 END) AS features,
    BIT_OR(day_bit) AS days
  FROM marked
  GROUP BY
    account_id,
    slot
)
SELECT
  u.slot,
  p.place,
  u.users,
  u.amount,
  u.features,
  u.days
FROM used AS u
JOIN places AS p
  ON p.account_id = u.account_id
ORDER BY
  u.slot NULLS LAST,
  p.place NULLS LAST
