SELECT
  t.account_id,
  m.month,
  SUM(
    CASE
      WHEN (
        DATEDIFF(DAY, CAST(CAST(t.opened_at AS DATE) AS DATE), CAST(m.day AS DATE))
      ) < 30
      THEN 1
      ELSE 0
    END
  ) AS tickets_30d,
  SUM(
    CASE
      WHEN (
        DATEDIFF(DAY, CAST(CAST(t.opened_at AS DATE) AS DATE), CAST(m.day AS DATE))
      ) < 90
      THEN 1
      ELSE 0
    END
  ) AS tickets_90d,
  SUM(
    CASE
      WHEN t.escalated
      AND (
        DATEDIFF(DAY, CAST(CAST(t.opened_at AS DATE) AS DATE), CAST(m.day AS DATE))
      ) < 90
      THEN 1
      ELSE 0
    END
  ) AS escalated_90d,
  SUM(
    CASE
      WHEN LOWER(t.priority) IN :urgent
      AND (
        DATEDIFF(DAY, CAST(CAST(t.opened_at AS DATE) AS DATE), CAST(m.day AS DATE))
      ) < 30
      THEN 1
      ELSE 0
    END
  ) AS urgent_30d,
  SUM(
    CASE
      WHEN LOWER(t.priority) IN :urgent
      AND (
        DATEDIFF(DAY, CAST(CAST(t.opened_at AS DATE) AS DATE), CAST(m.day AS DATE))
      ) < 90
      THEN 1
      ELSE 0
    END
  ) AS urgent_90d,
  (
    CAST(SUM(
      CASE
        WHEN (
          DATEDIFF(DAY, CAST(CAST(t.opened_at AS DATE) AS DATE), CAST(m.day AS DATE))
        ) < 90
        AND (
          t.resolved_at IS NULL OR CAST(t.resolved_at AS DATE) <= m.day
        )
        THEN CAST(t.csat AS DECIMAL(38, 12))
      END
    ) AS DOUBLE) / NULLIF(
      CAST(COUNT(
        CASE
          WHEN (
            DATEDIFF(DAY, CAST(CAST(t.opened_at AS DATE) AS DATE), CAST(m.day AS DATE))
          ) < 90
          AND (
            t.resolved_at IS NULL OR CAST(t.resolved_at AS DATE) <= m.day
          )
          THEN CAST(t.csat AS DECIMAL(38, 12))
        END
      ) AS DOUBLE),
      0
    )
  ) AS csat_90d,
  SUM(
    CASE
      WHEN t.resolved_at IS NULL OR CAST(t.resolved_at AS DATE) > m.day
      THEN 1
      ELSE 0
    END
  ) AS open_tickets
FROM known_tickets AS t
JOIN months AS m
  ON t.known_from <= m.day
  AND m.day < t.known_until
  AND (
    DATEDIFF(DAY, CAST(CAST(t.opened_at AS DATE) AS DATE), CAST(m.day AS DATE))
  ) < 365
GROUP BY
  t.account_id,
  m.month
