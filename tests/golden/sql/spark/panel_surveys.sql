WITH answered AS (
  SELECT
    s.account_id,
    m.month,
    s.kind,
    CAST(s.score AS DECIMAL(38, 12)) AS score,
    (
      DATEDIFF(DAY, CAST(s.answered_on AS DATE), CAST(m.day AS DATE))
    ) AS age_days,
    MIN((
      DATEDIFF(DAY, CAST(s.answered_on AS DATE), CAST(m.day AS DATE))
    )) OVER (PARTITION BY s.account_id, m.month, s.kind) AS last_age_days
  FROM known_surveys AS s
  JOIN months AS m
    ON s.known_from <= m.day
    AND m.day < s.known_until
    AND (
      DATEDIFF(DAY, CAST(s.answered_on AS DATE), CAST(m.day AS DATE))
    ) < 365
)
SELECT
  account_id,
  month,
  (
    CAST(SUM(CASE WHEN kind = 'nps' AND age_days = last_age_days THEN score END) AS DOUBLE) / NULLIF(
      CAST(COUNT(CASE WHEN kind = 'nps' AND age_days = last_age_days THEN score END) AS DOUBLE),
      0
    )
  ) AS nps_last,
  (
    CAST(SUM(CASE WHEN kind = 'nps' THEN score END) AS DOUBLE) / NULLIF(CAST(COUNT(CASE WHEN kind = 'nps' THEN score END) AS DOUBLE), 0)
  ) AS nps_365d,
  MIN(CASE WHEN kind = 'nps' THEN age_days END) AS nps_age_days,
  (
    CAST(SUM(CASE WHEN kind = 'csat' AND age_days < 180 THEN score END) AS DOUBLE) / NULLIF(
      CAST(COUNT(CASE WHEN kind = 'csat' AND age_days < 180 THEN score END) AS DOUBLE),
      0
    )
  ) AS survey_csat_180d
FROM answered
GROUP BY
  account_id,
  month
