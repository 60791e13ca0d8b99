WITH held AS (
  SELECT
    a.account_id,
    m.month,
    a.csm_id,
    a.starts_on,
    CASE
      WHEN a.role IS NULL OR LOWER(a.role) IN ('main', 'primary', 'lead', 'owner', 'csm')
      THEN 0
      ELSE 1
    END AS minor,
    CASE WHEN a.ends_on IS NULL OR a.ends_on > m.day THEN 1 ELSE 0 END AS now,
    CASE
      WHEN (
        DATEDIFF(DAY, CAST(a.starts_on AS DATE), CAST(m.day AS DATE))
      ) >= 180
      AND (
        a.ends_on IS NULL
        OR a.ends_on > m.day
        OR (
          DATEDIFF(DAY, CAST(a.ends_on AS DATE), CAST(m.day AS DATE))
        ) < 180
      )
      THEN 1
      ELSE 0
    END AS before
  FROM known_assignments AS a
  JOIN months AS m
    ON a.known_from <= m.day AND m.day < a.known_until
), ranked AS (
  SELECT
    account_id,
    month,
    csm_id,
    starts_on,
    now,
    before,
    ROW_NUMBER() OVER (
      PARTITION BY account_id, month, now
      ORDER BY minor NULLS LAST, starts_on DESC, csm_id NULLS LAST
    ) AS place_now,
    ROW_NUMBER() OVER (
      PARTITION BY account_id, month, before
      ORDER BY minor NULLS LAST, starts_on DESC, csm_id NULLS LAST
    ) AS place_before
  FROM held
)
SELECT
  account_id,
  month,
  MAX(CASE WHEN now = 1 AND place_now = 1 THEN csm_id END) AS csm_id,
  MAX(CASE WHEN now = 1 AND place_now = 1 THEN starts_on END) AS in_charge_on,
  MAX(CASE WHEN before = 1 AND place_before = 1 THEN csm_id END) AS csm_before
FROM ranked
GROUP BY
  account_id,
  month
