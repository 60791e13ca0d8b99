-- One row per account × month with answers in the year before: the last NPS and its mean, days since, mean csat of 180
-- days. Several answers on the last day count by their mean.
WITH answered AS (
  SELECT
    s.account_id,
    m.month,
    s.kind,
    CAST(s.score AS DECIMAL(38, 12)) AS score,
    date_diff('day', s.answered_on, m.day) AS age_days,
    min(date_diff('day', s.answered_on, m.day)) OVER (PARTITION BY s.account_id, m.month, s.kind) AS last_age_days
  FROM known_surveys AS s
  JOIN months AS m
    ON s.known_from <= m.day AND m.day < s.known_until AND date_diff('day', s.answered_on, m.day) < 365
)
SELECT
  account_id,
  month,
  avg(CASE WHEN kind = 'nps' AND age_days = last_age_days THEN score END) AS nps_last,
  avg(CASE WHEN kind = 'nps' THEN score END) AS nps_365d,
  min(CASE WHEN kind = 'nps' THEN age_days END) AS nps_age_days,
  avg(CASE WHEN kind = 'csat' AND age_days < 180 THEN score END) AS survey_csat_180d
FROM answered
GROUP BY account_id, month
