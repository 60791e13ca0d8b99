WITH edges AS (
  SELECT
    account_id,
    starts_on AS day,
    starts_on AS decided_on,
    mrr AS delta
  FROM subscriptions
  WHERE
    ends_on IS NULL OR ends_on > starts_on
  UNION ALL
  SELECT
    account_id,
    ends_on AS day,
    CASE WHEN decided_on < ends_on THEN decided_on ELSE ends_on END AS decided_on,
    -mrr AS delta
  FROM subscriptions
  WHERE
    ends_on > starts_on
), daily AS (
  SELECT
    w.quarter,
    c.account_id,
    c.day,
    MIN(c.decided_on) AS decided_on,
    SUM(c.delta) AS delta
  FROM edges AS c
  JOIN windows AS w
    ON c.day > w.opening AND c.day <= w.closing
  GROUP BY
    w.quarter,
    c.account_id,
    c.day
), ranked AS (
  SELECT
    d.quarter,
    d.account_id,
    d.delta,
    a.csm_id,
    ROW_NUMBER() OVER (
      PARTITION BY d.quarter, d.account_id, d.day
      ORDER BY CASE
        WHEN a.role IS NULL OR LOWER(a.role) IN ('main', 'primary', 'lead', 'owner', 'csm')
        THEN 0
        ELSE 1
      END NULLS LAST, a.starts_on DESC, a.csm_id NULLS LAST
    ) AS place
  FROM daily AS d
  LEFT JOIN assignments AS a
    ON a.account_id = d.account_id
    AND a.starts_on <= d.decided_on
    AND (
      a.ends_on IS NULL OR a.ends_on > d.decided_on
    )
  WHERE
    d.delta <> 0
)
SELECT
  quarter,
  account_id,
  csm_id,
  SUM(delta) AS delta
FROM ranked
WHERE
  place = 1
GROUP BY
  quarter,
  account_id,
  csm_id
