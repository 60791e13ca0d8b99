"""Raw usage events into `usage`: users and count per account, local day and feature."""

from __future__ import annotations

import duckdb

from .snapshot import TableFacts

_DAY = 'CAST("at" AS DATE)'


def roll_up_events(connection: duckdb.DuckDBPyConnection, facts: TableFacts) -> TableFacts:
    """Make `usage` from the checked `events`; users = different users, count = events.

    Where events carry `recorded_at`, a day is rolled up once per date on which more of it became known, so that the
    version recorded last by a date holds what was known then.
    """
    truly = facts.truly_as_of
    connection.execute(f"CREATE OR REPLACE TABLE usage AS {_VERSIONS if truly else _PLAIN}")
    row = connection.execute("SELECT count(*) FROM usage").fetchone()
    mapped = ("account_id", "day", "feature", "users", "count", *(["recorded_at"] if truly else []))
    return TableFacts(row[0] if row else 0, mapped, facts.dropped, facts.tolerated, facts.latest, truly)


_PLAIN = f"""
SELECT account_id, {_DAY} AS day, feature, CAST(count(DISTINCT user_id) AS BIGINT) AS users,
    CAST(count(*) AS DOUBLE) AS count, CAST(NULL AS DATE) AS recorded_at
FROM events GROUP BY account_id, {_DAY}, feature
"""

_VERSIONS = f"""
WITH known AS (
    SELECT account_id, {_DAY} AS day, feature, user_id, coalesce(recorded_at, {_DAY}) AS recorded_at FROM events
), seen AS (
    SELECT account_id, day, feature, user_id, min(recorded_at) AS recorded_at FROM known GROUP BY ALL
), users AS (
    SELECT account_id, day, feature, recorded_at, count(*) AS users, 0 AS count FROM seen GROUP BY ALL
), rows AS (
    SELECT account_id, day, feature, recorded_at, 0 AS users, count(*) AS count FROM known GROUP BY ALL
), steps AS (
    SELECT account_id, day, feature, recorded_at, sum(users) AS users, sum(count) AS count
    FROM (FROM users UNION ALL FROM rows) GROUP BY ALL
)
SELECT account_id, day, feature, CAST(sum(users) OVER w AS BIGINT) AS users, CAST(sum(count) OVER w AS DOUBLE) AS count,
    recorded_at
FROM steps WINDOW w AS (PARTITION BY account_id, day, feature ORDER BY recorded_at)
"""
