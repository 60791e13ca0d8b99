-- One row per window × ticket × what ('first_response', 'resolution') that came: the seconds from opening until then.
WITH timed AS (
  SELECT
    w.quarter,
    t.account_id,
    coalesce(a.segment, 'unassigned') AS segment,
    k.what,
    t.opened_at AS began,
    CASE WHEN k.what = 'first_response' THEN t.first_response_at ELSE t.resolved_at END AS ended
  FROM tickets AS t
  JOIN windows AS w ON CAST(t.opened_at AS DATE) > w.opening AND CAST(t.opened_at AS DATE) <= w.closing
  CROSS JOIN (SELECT 'first_response' AS what UNION ALL SELECT 'resolution' AS what) AS k
  LEFT JOIN accounts AS a ON a.account_id = t.account_id
)
SELECT
  quarter,
  account_id,
  segment,
  what,
  date_diff('day', CAST(began AS DATE), CAST(ended AS DATE)) * 86400
  + CAST(extract(HOUR FROM ended) - extract(HOUR FROM began) AS BIGINT) * 3600
  + CAST(extract(MINUTE FROM ended) - extract(MINUTE FROM began) AS BIGINT) * 60
  + CAST(floor(extract(SECOND FROM ended)) - floor(extract(SECOND FROM began)) AS BIGINT) AS seconds
FROM timed
WHERE ended IS NOT NULL
