"""What was known on a day: later rows and later knowledge change nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from databases import snapshot_of
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from csworkbench.data.engine import DuckDB
from csworkbench.data.settings import Settings
from csworkbench.data.snapshot import Snapshot, TableFacts
from csworkbench.schema import SQL_TYPES, TABLES, Column, Table

AS_OF = date(2026, 6, 30)
QUICK = (Phase.explicit, Phase.generate)  # shrinking rows of 27 tables takes minutes
SETTINGS = Settings(company={"name": "T"}, tables={})
ANY_DAY = [AS_OF + timedelta(days) for days in (-900, -400, -90, -31, -30, -7, -1, 0, 1, 2, 7, 30, 31, 90, 400, 900)]
PAST = [day for day in ANY_DAY if day <= AS_OF]
LATER = [day for day in ANY_DAY if day > AS_OF]
Row = dict[str, object]


def legal(column: Column, days: list[date]) -> list[object]:
    """Some legal values of the column."""
    if column.type in ("date", "timestamp"):
        return list(days)
    if column.type == "flag":
        return [True, False]
    if column.type in ("key", "text"):
        return list(column.choices or ("A1", "A2", "B"))
    low, high = int(column.low or 0), int(column.high or 10)
    return [low, (low + high) // 2, max(low, high)]


def row(table: Table, days: dict[str, list[date]]) -> st.SearchStrategy[Row]:
    """A row of the table; dates not named in `days` are any day; what may be empty sometimes is."""
    fields = {}
    for column in table.columns:
        optional = not column.required and column.name not in days and column.name not in table.key
        found = legal(column, days.get(column.name, ANY_DAY))
        fields[column.name] = st.sampled_from([*found, None, None] if optional else found)
    return st.fixed_dictionaries(fields)


def known_rows(table: Table) -> st.SearchStrategy[list[Row]]:
    return st.lists(row(table, {"recorded_at": PAST}), max_size=4)


def later_rows(table: Table) -> st.SearchStrategy[list[Row]]:
    """Rows that were recorded after the day, and rows dated after it whenever they were recorded; plans are no such."""
    kinds = [row(table, {"recorded_at": LATER})]
    if table.happened:
        kinds.append(row(table, {table.happened: LATER}))
    return st.lists(st.one_of(kinds), min_size=1, max_size=4)


def distinct(table: Table, rows: list[Row]) -> list[Row]:
    """The rows without those that repeat a key: a checked table has none."""
    key = (*table.key, "recorded_at") if table.key else table.names
    return list({tuple(found[c] for c in key): found for found in rows}.values())


ENGINE = DuckDB(threads=1)


def snapshot(tables: dict[str, list[Row]]) -> Snapshot:
    """The rows as tables of one engine that all examples share: opening one for each takes longer than the test."""
    for name, rows in tables.items():
        columns = TABLES[name].columns
        typed = ", ".join(f'"{column.name}" {SQL_TYPES[column.type]}' for column in columns)
        ENGINE.connection.execute(f'CREATE OR REPLACE TABLE "{name}" ({typed})')
        if rows:
            values = ", ".join("?" * len(columns))
            given = [[row[column.name] for column in columns] for row in rows]
            ENGINE.connection.executemany(f'INSERT INTO "{name}" VALUES ({values})', given)
    facts = {name: TableFacts(len(rows), TABLES[name].names, versions=True) for name, rows in tables.items()}
    return Snapshot(SETTINGS, ENGINE, {name: f'"{name}"' for name in {**tables, "accounts": []}}, facts)


def known(snapshot: Snapshot, names: tuple[str, ...]) -> dict[str, list[str]]:
    """The tables as known on the day, in an order of their own."""
    relations = snapshot.as_of(AS_OF).relations
    return {name: sorted(map(repr, ENGINE.connection.execute(relations[name]).fetchall())) for name in names}


ATTRIBUTES = ("accounts", "account_history")
"""The tables that make up what is known of accounts; every other table is seen without them."""


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_rows_dated_or_recorded_after_the_day_change_no_table_and_the_order_never_matters(table):
    others = ATTRIBUTES if table.name in ATTRIBUTES else ()
    snapshot({name: [] for name in ATTRIBUTES})

    @settings(max_examples=8, phases=QUICK)
    @given(
        st.tuples(*(known_rows(TABLES[name]) for name in others)),
        known_rows(table),
        later_rows(table),
        st.randoms(use_true_random=False),
    )
    def holds(surroundings, old, later, random):
        before = {name: distinct(TABLES[name], rows) for name, rows in zip(others, surroundings, strict=True)}
        before[table.name] = rows = distinct(table, old)
        after = before | {table.name: random.sample([*rows, *later], len(rows) + len(later))}
        expected = known(snapshot(before), tuple(before))
        assert known(snapshot(after), tuple(before)) == expected

    holds()


def test_a_review_that_lies_ahead_is_known_from_the_day_on_which_it_was_planned():
    def review(account: str, planned_on: date, recorded_at: date | None) -> Row:
        empty = dict.fromkeys(TABLES["reviews"].names)
        return {**empty, "account_id": account, "planned_on": planned_on, "recorded_at": recorded_at}

    ahead, before = AS_OF + timedelta(30), AS_OF - timedelta(1)
    rows = [review("A1", ahead, before), review("A2", ahead, AS_OF + timedelta(1)), review("B", ahead, None)]
    snapshot({name: [] for name in ATTRIBUTES})
    assert list(snapshot({"reviews": rows}).as_of(AS_OF).table("reviews")["account_id"]) == ["A1"]


@pytest.fixture(scope="module")
def nothing() -> Snapshot:
    return snapshot({name: [] for name in TABLES})


@pytest.mark.parametrize("name", TABLES)
def test_every_table_can_be_asked_for_when_it_is_empty(name, nothing):
    table = nothing.as_of(AS_OF).table(name)
    assert list(table.columns) == list(TABLES[name].names)
    assert table.empty


def of(**tables: list[dict[str, object]]) -> Snapshot:
    tables.setdefault("accounts", [{"account_id": "A1"}])
    return snapshot_of({name: pd.DataFrame(rows) for name, rows in tables.items()}, SETTINGS)


def test_a_cancellation_is_unknown_until_the_day_it_was_decided():
    item = {
        "subscription_id": "S1", "account_id": "A1", "mrr": 10,
        "starts_on": date(2025, 1, 1), "ends_on": date(2026, 1, 1), "decided_on": date(2025, 10, 1),
    }  # fmt: skip
    snapshot = of(subscriptions=[item])
    ends = {day: snapshot.as_of(day).table("subscriptions")["ends_on"].iloc[0] for day in ("2025-09-30", "2025-10-01")}
    assert pd.isna(ends["2025-09-30"])
    assert ends["2025-10-01"] == pd.Timestamp("2026-01-01")


def test_an_end_without_a_decision_is_known_on_its_day():
    item = {
        "subscription_id": "S1", "account_id": "A1", "mrr": 10,
        "starts_on": date(2025, 1, 1), "ends_on": date(2026, 1, 1),
    }  # fmt: skip
    snapshot = of(subscriptions=[item])
    assert pd.isna(snapshot.as_of("2025-12-31").table("subscriptions")["ends_on"].iloc[0])
    assert snapshot.as_of("2026-01-01").table("subscriptions")["ends_on"].iloc[0] == pd.Timestamp("2026-01-01")


def test_of_rows_with_one_key_the_one_recorded_last_holds():
    rows = [
        {"account_id": "A1", "name": "Old", "recorded_at": date(2025, 1, 1)},
        {"account_id": "A1", "name": "New", "recorded_at": date(2026, 1, 1)},
    ]
    snapshot = of(accounts=rows)
    assert list(snapshot.as_of("2025-12-31").table("accounts")["name"]) == ["Old"]
    assert list(snapshot.as_of("2026-01-01").table("accounts")["name"]) == ["New"]


def test_the_segment_of_the_day_comes_from_the_history_and_is_never_null():
    accounts = [{"account_id": "A1", "segment": "SMB"}, {"account_id": "A2", "segment": None}]
    history = [{"account_id": "A1", "attribute": "segment", "value": "Mid", "valid_from": date(2026, 1, 1)}]
    snapshot = of(accounts=accounts, account_history=history)
    assert list(snapshot.as_of("2025-12-31").table("accounts")["segment"]) == ["SMB", "unassigned"]
    assert list(snapshot.as_of("2026-01-01").table("accounts")["segment"]) == ["Mid", "unassigned"]
