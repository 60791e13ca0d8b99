SELECT
  t.account_id,
  m.month,
  SUM(
    CASE
      WHEN (
        CAST(m.day AS DATE) - CAST(CAST(t.opened_at AS DATE) AS DATE)
      ) < 30
      THEN 1
      ELSE 0
    END
  ) AS tickets_30d,
  SUM(
    CASE
      WHEN (
        CAST(m.day AS DATE) - CAST(CAST(t.opened_at AS DATE) AS DATE)
      ) < 90
      THEN 1
      ELSE 0
    END
  ) AS tickets_90d,
  SUM(
    CASE
      WHEN t.escalated
      AND (
        CAST(m.day AS DATE) - CAST(CAST(t.opened_at AS DATE) AS DATE)
      ) < 90
      THEN 1
      ELSE 0
    END
  ) AS escalated_90d,
  SUM(
    CASE
      WHEN LOWER(t.priority) IN %(urgent)s
      AND (
        CAST(m.day AS DATE) - CAST(CAST(t.opened_at AS DATE) AS DATE)
      ) < 30
      THEN 1
      ELSE 0
    END
  ) AS urgent_30d,
  SUM(
    CASE
      WHEN LOWER(t.priority) IN %(urgent)s
      AND (
        CAST(m.day AS DATE) - CAST(CAST(t.opened_at AS DATE) AS DATE)
      ) < 90
      THEN 1
      ELSE 0
    END
  ) AS urgent_90d,
  (
    CAST(SUM(
      CASE
        WHEN (
          CAST(m.day AS DATE) - CAST(CAST(t.opened_at AS DATE) AS DATE)
        ) < 90
        AND (
          t.resolved_at IS NULL OR CAST(t.resolved_at AS DATE) <= m.day
        )
        THEN CAST(t.csat AS DECIMAL(38, 12))
      END
    ) AS DOUBLE PRECISION) / NULLIF(
      CAST(COUNT(
        CASE
          WHEN (
            CAST(m.day AS DATE) - CAST(CAST(t.opened_at AS DATE) AS DATE)
          ) < 90
          AND (
            t.resolved_at IS NULL OR CAST(t.resolved_at AS DATE) <= m.day
          )
          THEN CAST(t.csat AS DECIMAL(38, 12))
        END
      ) AS DOUBLE PRECISION),
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
    CAST(m.day AS DATE) - CAST(CAST(t.opened_at AS DATE) AS DATE)
  ) < 365
GROUP BY
  t.account_id,
  m.month
