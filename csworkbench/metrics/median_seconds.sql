-- One row per window × owner × what of the relation `owned` (quarter, owner, what, seconds): the median of its seconds.
WITH ranked AS (
  SELECT
    quarter,
    owner,
    what,
    seconds,
    row_number() OVER (PARTITION BY quarter, owner, what ORDER BY seconds) AS place,
    count(*) OVER (PARTITION BY quarter, owner, what) AS n
  FROM owned
)
SELECT quarter, owner, what, avg(seconds) AS median_seconds
FROM ranked
WHERE 2 * place >= n AND 2 * place <= n + 2
GROUP BY quarter, owner, what
