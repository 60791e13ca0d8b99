-- One row per window × account × what: the median seconds from opening to first response or resolution.
WITH timed AS (
  SELECT
    w.quarter,
    t.account_id,
    k.what,
    t.opened_at AS began,
    CASE WHEN k.what = 'first_response' THEN t.first_response_at ELSE t.resolved_at END AS ended
  FROM tickets AS t
  JOIN windows AS w ON CAST(t.opened_at AS DATE) > w.opening AND CAST(t.opened_at AS DATE) <= w.closing
  CROSS JOIN (SELECT 'first_response' AS what UNION ALL SELECT 'resolution' AS what) AS k
),
measured AS (
  SELECT
    quarter,
    account_id,
    what,
    date_diff('day', CAST(began AS DATE), CAST(ended AS DATE)) * 86400
    + CAST(extract(HOUR FROM ended) - extract(HOUR FROM began) AS BIGINT) * 3600
    + CAST(extract(MINUTE FROM ended) - extract(MINUTE FROM began) AS BIGINT) * 60
    + CAST(floor(extract(SECOND FROM ended)) - floor(extract(SECOND FROM began)) AS BIGINT) AS seconds
  FROM timed
  WHERE ended IS NOT NULL
),
ranked AS (
  SELECT
    quarter,
    account_id,
    what,
    seconds,
    row_number() OVER (PARTITION BY quarter, account_id, what ORDER BY seconds) AS place,
    count(*) OVER (PARTITION BY quarter, account_id, what) AS n
  FROM measured
)
SELECT quarter, account_id, what, avg(seconds) AS median_seconds
FROM ranked
WHERE 2 * place >= n AND 2 * place <= n + 2
GROUP BY quarter, account_id, what
