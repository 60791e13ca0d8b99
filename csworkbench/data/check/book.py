"""What the facts of other tables are held against: who the accounts are and how long they were customers."""

from __future__ import annotations

import duckdb


def make_book(connection: duckdb.DuckDBPyConnection, *, subscriptions: bool) -> None:
    """Make `account_book`: account_id, started_on, first_on, last_on and internal of every account that was kept.

    Internal accounts are in it too, so that their facts are not taken for orphans. first_on: start of the first
    subscription. last_on: end of the last one; NULL while one is open. Both NULL before subscriptions are there.
    """
    life = "SELECT NULL AS account_id, CAST(NULL AS DATE) AS first_on, CAST(NULL AS DATE) AS last_on"
    if subscriptions:
        life = (
            "SELECT account_id, min(starts_on) AS first_on,"
            " CASE WHEN count(*) = count(ends_on) THEN max(ends_on) END AS last_on FROM ("
            "SELECT *, row_number() OVER (PARTITION BY subscription_id, starts_on"
            " ORDER BY recorded_at DESC NULLS LAST, ends_on DESC NULLS FIRST, account_id) AS version"
            " FROM subscriptions) WHERE version = 1 GROUP BY 1"
        )
    accounts = (
        "SELECT account_id, min(started_on) AS started_on, FALSE AS internal FROM accounts GROUP BY 1 UNION ALL"
        " SELECT DISTINCT account_id, CAST(NULL AS DATE), TRUE FROM typed_accounts WHERE is_internal"
        " AND account_id NOT IN (SELECT account_id FROM accounts WHERE account_id IS NOT NULL)"
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE account_book AS SELECT a.account_id, a.started_on, l.first_on, l.last_on, a.internal"
        f" FROM ({accounts}) AS a LEFT JOIN ({life}) AS l ON l.account_id = a.account_id WHERE a.account_id IS NOT NULL"
    )
