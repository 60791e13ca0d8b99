"""Churn as the CRM and the churn events tell it, held against the subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from ...errors import Problem
from ..mapping_rows import LEFT
from ..mask import shown
from ..sql import literal
from .rows import RowRule
from .subject import Subject, grouped

GRACE_DAYS = 90
"""Days after a churn event in which the last subscription of the account may still end."""

RULES = ("left_but_paying", "stays_but_not_paying", "churn_without_end")
_KEEP = '"keep"'
_POLICY = "on_churn_disagrees"


def make_contracts(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `contracts`: account_id, subscription_id, starts_on, ends_on, paid, given_up_on; last versions only.

    given_up_on: the day from which the end was known (its decision, else the end itself); NULL while there is no end.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE contracts AS SELECT account_id, subscription_id, starts_on, ends_on, mrr > 0 AS paid,"
        " CASE WHEN ends_on IS NOT NULL THEN least(ends_on, decided_on) END AS given_up_on FROM ("
        "SELECT *, row_number() OVER (PARTITION BY subscription_id, starts_on"
        " ORDER BY recorded_at DESC NULLS LAST, ends_on DESC NULLS FIRST, decided_on, mrr DESC, account_id) AS version"
        " FROM subscriptions) WHERE version = 1"
    )


def last_day(connection: duckdb.DuckDBPyConnection, day: date | None) -> date | None:
    """The day of the export, else the day on which the latest of `contracts` starts."""
    row = connection.execute("SELECT max(starts_on) FROM contracts").fetchone()
    return day or (row[0] if row else None)


def account_problems(accounts: Subject, day: date) -> Iterator[Problem]:
    """Accounts that have left by `left` but pay on the day, and those that have not but whose contracts all ended.

    Accounts without any contract, or for which `left` is unknown, are not judged. A contract whose end was decided by
    the day is no contradiction to having left.
    """
    if not accounts.mapped.left:
        return
    on = literal(day)
    held = f"paid AND starts_on <= {on} AND (given_up_on IS NULL OR given_up_on > {on})"
    lives = (
        f"SELECT account_id, min(CASE WHEN {held} THEN subscription_id END) AS held, max(ends_on) AS last_end,"
        f" bool_and(coalesce(ends_on <= {on}, FALSE)) AS over FROM contracts GROUP BY account_id"
    )
    source = f"({_last_versions(accounts)}) AS t JOIN ({lives}) AS c ON c.account_id = t.account_id"
    for rule, when, other in (
        ("left_but_paying", f"t.{LEFT} AND c.held IS NOT NULL", "c.held"),
        ("stays_but_not_paying", f"NOT t.{LEFT} AND c.over", "c.last_end"),
    ):
        words = {"value": "CAST(NULL AS VARCHAR)", "account": "t.account_id", "other": other}
        for file, count, _, sample in grouped(accounts.connection, source, when, words):
            tolerated = accounts.mapping.on_churn_disagrees == "keep"
            said = {"day": day, "policy": _POLICY, "choices": _KEEP}
            yield accounts.problem(rule, LEFT, file, count, sample, tolerated=tolerated, **said)


def _last_versions(accounts: Subject) -> str:
    """The row of each account that was recorded last."""
    newest = "row_number() OVER (PARTITION BY account_id ORDER BY recorded_at DESC NULLS LAST, _file, _row)"
    return f"SELECT * FROM {accounts.relation} WHERE account_id IS NOT NULL QUALIFY {newest} = 1"


def mark_contradicted(factors: Subject, day: date) -> bool:
    """Make `contradicted`: `rid` and `held` of the churn events after which the account goes on; whether any are.

    An account goes on when, GRACE_DAYS after the event (or on the day, if that is sooner), it has a paid contract
    whose end was neither decided nor reached within these days, and that joined one held at the event without a gap.
    An account that was won back after a gap had left; one that was no customer before the event never could.
    """
    if not factors.has("account_id", "named_on", "event"):
        return False
    until = f"t.named_on + {GRACE_DAYS}"
    open_end = "DATE '9999-12-31'"
    before = (
        f"SELECT t.rowid AS rid, max(coalesce(b.ends_on, {open_end})) AS held_until FROM {factors.relation} AS t"
        " JOIN contracts AS b ON b.account_id = t.account_id AND b.starts_on <= t.named_on"
        " WHERE t.event = 'churn' GROUP BY 1"
    )
    factors.connection.execute(
        "CREATE OR REPLACE TEMP TABLE contradicted AS SELECT t.rowid AS rid, min(c.subscription_id) AS held"
        f" FROM {factors.relation} AS t JOIN contracts AS c ON c.account_id = t.account_id"
        f" LEFT JOIN ({before}) AS h ON h.rid = t.rowid"
        f" WHERE t.event = 'churn' AND c.paid AND c.starts_on <= least({until}, {literal(day)})"
        f" AND c.starts_on <= coalesce(h.held_until, {open_end})"
        f" AND (c.given_up_on IS NULL OR c.given_up_on > {until}) GROUP BY t.rowid"
    )
    row = factors.connection.execute("SELECT count(*) FROM contradicted").fetchone()
    return bool(row and row[0])


def event_rule(day: date) -> RowRule:
    """The rule over the source that joins `contradicted` as `c`."""
    on = f"CAST(least(t.named_on + {GRACE_DAYS}, {literal(day)}) AS DATE)"
    words = {"other": "c.held", "until": on}
    return RowRule("churn_without_end", "named_on", "c.rid IS NOT NULL", _POLICY, words=words, choices=_KEEP)


def churn_notices(accounts: Subject, day: date, found: frozenset[str], *, events: bool) -> Iterator[str]:
    """What each definition of churn counts, when they contradict each other; a column that looks like one more.

    found: rules that anything broke. events: whether `factors` is there.
    """
    if found & {*RULES}:
        ways = [*_definitions(accounts, day, events)]
        yield f"churn is told in {len(ways)} ways: {'; '.join(ways)}"
    if not accounts.mapped.left:
        for column in accounts.mapped.unused:
            if "churn" in column.lower():
                name = shown(column)
                yield f'accounts: "{name}" is not used; if it says who has left, declare left under [tables.accounts]'


def _definitions(accounts: Subject, day: date, events: bool) -> Iterator[str]:
    if accounts.mapped.left:
        (left,) = _row(accounts, f"SELECT count_if({LEFT}) FROM ({_last_versions(accounts)})")
        yield f'{left:,} accounts have left by "{shown(accounts.label(LEFT))}"'
    if events:
        select = "SELECT count(DISTINCT account_id), count(*) FROM factors WHERE event = 'churn'"
        churned, named = _row(accounts, select)
        yield f"{churned:,} accounts stand in {named:,} churn events"
    over = f"bool_and(coalesce(ends_on <= {literal(day)}, FALSE))"
    lives = f"SELECT count_if(ends_on <= {literal(day)}) AS n, {over} AS over FROM contracts GROUP BY account_id"
    ended, gone = _row(accounts, f"SELECT coalesce(sum(n), 0), count_if(over) FROM ({lives})")
    yield f"{int(ended):,} subscriptions have ended, and {gone:,} accounts have none left"


def _row(accounts: Subject, select: str) -> tuple[int, ...]:
    return accounts.connection.execute(select).fetchone() or (0, 0)
