WITH timed AS (
  SELECT
    w.quarter,
    t.account_id,
    COALESCE(a.segment, 'unassigned') AS segment,
    k.what,
    t.opened_at AS began,
    CASE WHEN k.what = 'first_response' THEN t.first_response_at ELSE t.resolved_at END AS ended
  FROM tickets AS t
  JOIN windows AS w
    ON CAST(t.opened_at AS DATE) > w.opening AND CAST(t.opened_at AS DATE) <= w.closing
  CROSS JOIN (
    SELECT
      'first_response' AS what
    UNION ALL
    SELECT
      'resolution' AS what
  ) AS k
  LEFT JOIN accounts AS a
    ON a.account_id = t.account_id
)
SELECT
  quarter,
  account_id,
  segment,
  what,
  (
    DATEDIFF(DAY, CAST(CAST(began AS DATE) AS DATE), CAST(CAST(ended AS DATE) AS DATE))
  ) * 86400 + CAST(CAST(EXTRACT(HOUR FROM ended) AS BIGINT) - CAST(EXTRACT(HOUR FROM began) AS BIGINT) AS BIGINT) * 3600 + CAST(CAST(EXTRACT(MINUTE FROM ended) AS BIGINT) - CAST(EXTRACT(MINUTE FROM began) AS BIGINT) AS BIGINT) * 60 + CAST(FLOOR(CAST(FLOOR(EXTRACT(SECOND FROM ended)) AS BIGINT)) - FLOOR(CAST(FLOOR(EXTRACT(SECOND FROM began)) AS BIGINT)) AS BIGINT) AS seconds
FROM timed
WHERE
  NOT ended IS NULL
