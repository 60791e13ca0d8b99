-- One row per account × month: the CSM in charge on the day, since when, and the one in charge 180 days before.
WITH held AS (
  SELECT
    a.account_id,
    m.month,
    a.csm_id,
    a.starts_on,
    CASE WHEN a.role IS NULL OR lower(a.role) IN ('main', 'primary', 'lead', 'owner', 'csm') THEN 0 ELSE 1 END AS minor,
    CASE WHEN a.ends_on IS NULL OR a.ends_on > m.day THEN 1 ELSE 0 END AS now,
    CASE
      WHEN date_diff('day', a.starts_on, m.day) >= 180
        AND (a.ends_on IS NULL OR a.ends_on > m.day OR date_diff('day', a.ends_on, m.day) < 180)
      THEN 1 ELSE 0
    END AS before
  FROM known_assignments AS a
  JOIN months AS m ON a.known_from <= m.day AND m.day < a.known_until
),
ranked AS (
  SELECT
    account_id,
    month,
    csm_id,
    starts_on,
    now,
    before,
    row_number() OVER (PARTITION BY account_id, month, now ORDER BY minor, starts_on DESC, csm_id) AS place_now,
    row_number() OVER (PARTITION BY account_id, month, before ORDER BY minor, starts_on DESC, csm_id) AS place_before
  FROM held
)
SELECT
  account_id,
  month,
  max(CASE WHEN now = 1 AND place_now = 1 THEN csm_id END) AS csm_id,
  max(CASE WHEN now = 1 AND place_now = 1 THEN starts_on END) AS in_charge_on,
  max(CASE WHEN before = 1 AND place_before = 1 THEN csm_id END) AS csm_before
FROM ranked
GROUP BY account_id, month
