WITH ranked AS (
  SELECT
    quarter,
    owner,
    what,
    seconds,
    ROW_NUMBER() OVER (PARTITION BY quarter, owner, what ORDER BY seconds NULLS LAST) AS place,
    COUNT(*) OVER (PARTITION BY quarter, owner, what) AS n
  FROM owned
)
SELECT
  quarter,
  owner,
  what,
  (
    CAST(SUM(seconds) AS DOUBLE) / NULLIF(CAST(COUNT(seconds) AS DOUBLE), 0)
  ) AS median_seconds
FROM ranked
WHERE
  2 * place >= n AND 2 * place <= n + 2
GROUP BY
  quarter,
  owner,
  what
