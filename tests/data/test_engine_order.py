"""Rows come sorted by the columns from left to right, whatever engine, number of threads and order of the table."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

import pandas as pd
import pytest

from csworkbench.data.engine import DuckDB, Postgres
from csworkbench.data.settings import parse_settings
from csworkbench.data.snapshot import snapshot_of_frames
from csworkbench.data.sql import orders_rows

COLUMNS = {
    "flag": ("BOOLEAN", [False, True, None]),
    "text": ("VARCHAR", ["a", "B", "b", "A", "", "é", "日本", "\U0001f600", "\uff21", None]),
    "whole": ("BIGINT", [-(2**53) - 1, -1, 0, 10, 9, None]),
    "amount": ("DECIMAL(18, 4)", [Decimal("-0.0001"), Decimal("10"), Decimal("9.5"), None]),
    "ratio": ("DOUBLE", [-1e300, 0.1, 1e-300, 2.5, None]),
    "day": ("DATE", [date(1999, 12, 31), date(2026, 9, 30), date(2026, 10, 1), None]),
}
Row = tuple[Any, ...]


def compared(one: Row, other: Row) -> int:
    """Which row goes first: by the first value that differs; nothing goes after everything."""
    for a, b in zip(one, other, strict=True):
        if (a is None and b is None) or a == b:
            continue
        if a is None or b is None:
            return 1 if a is None else -1
        return -1 if a < b else 1
    return 0


def rows(names: tuple[str, ...], n: int, seed: int) -> list[Row]:
    """Random rows with many equal values; text compares by code point in Python too."""
    draw = random.Random(seed)
    return [tuple(draw.choice(COLUMNS[name][1]) for name in names) for _ in range(n)]


def told(frame: pd.DataFrame) -> list[Row]:
    """The rows as Python values, None where nothing is measured."""
    return [tuple(None if pd.isna(value) else value for value in row) for row in frame.itertuples(index=False)]


def expected(given: list[Row]) -> list[Row]:
    plain = [tuple(float(value) if isinstance(value, Decimal) else value for value in row) for row in given]
    dated = [tuple(pd.Timestamp(value) if isinstance(value, date) else value for value in row) for row in plain]
    return sorted(dated, key=cmp_to_key(compared))


def literal(value: Any, kind: str) -> str:
    if value is None:
        return f"CAST(NULL AS {kind})"
    return f"CAST('{str(value).lower() if isinstance(value, bool) else value}' AS {kind})"


def values(names: tuple[str, ...], given: list[Row]) -> str:
    """A SELECT of exactly these rows, in the order given."""
    kinds = [COLUMNS[name][0] for name in names]
    listed = ", ".join(f"({', '.join(map(literal, row, kinds))})" for row in given)
    return f"SELECT * FROM (VALUES {listed}) AS given({', '.join(names)})"


@pytest.fixture(scope="module")
def postgres_engine(postgres: Any) -> Iterator[Postgres]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_POSTGRES", postgres.url("reader"))
        engine = Postgres("TEST_POSTGRES")
        yield engine
        engine.close()


TURNED = [names[at:] + names[:at] for names in [tuple(COLUMNS)] for at in range(len(COLUMNS))]


@pytest.mark.parametrize("names", TURNED, ids=lambda names: f"{names[0]} first")
def test_rows_of_duckdb_come_sorted_by_the_columns_from_left_to_right(names: tuple[str, ...]) -> None:
    given = rows(names, 80, seed=len(names[0]))
    for threads in (1, 4):
        assert told(DuckDB(threads=threads).query(values(names, given))) == expected(given)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("names", TURNED, ids=lambda names: f"{names[0]} first")
def test_rows_of_postgresql_come_sorted_by_the_columns_from_left_to_right(
    postgres_engine: Postgres, names: tuple[str, ...]
) -> None:
    given = rows(names, 80, seed=len(names[0]))
    assert told(postgres_engine.query(values(names, given))) == expected(given)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_words_of_a_query_are_sorted_by_code_point_whatever_the_database_would_do(postgres_engine: Postgres) -> None:
    query = "SELECT 'b' AS word UNION ALL SELECT 'B' AS word UNION ALL SELECT 'a' AS word UNION ALL SELECT 'é' AS word"
    assert [row[0] for row in postgres_engine.rows(f"SELECT word FROM ({query}) AS q ORDER BY 1")] != sorted("aBbé")
    assert list(postgres_engine.query(query)["word"]) == sorted("aBbé")


def test_many_threads_and_groups_give_the_order_of_one_thread() -> None:
    """400,000 rows in several row groups, so that threads do share the work, in and out of order."""
    whole, parts = DuckDB(threads=1), DuckDB(threads=4)
    made = "SELECT CAST(hash(i) % 7000 AS BIGINT) AS k, CAST(i AS BIGINT) AS i FROM range(400000) AS r(i)"
    for engine, order in ((whole, "i"), (parts, "hash(i)")):
        engine.connection.execute(f"SET preserve_insertion_order = false; CREATE TABLE t AS {made} ORDER BY {order}")
    for query in ("SELECT k, count(*) AS n, max(i) AS last FROM t GROUP BY k", "SELECT k % 10 AS d, i FROM t"):
        frame = parts.query(query)
        pd.testing.assert_frame_equal(frame, whole.query(query), check_exact=True)
        found = list(frame.itertuples(index=False))
        assert all(one <= other for one, other in itertools.pairwise(found))


def test_a_view_tells_its_rows_in_the_same_order_whatever_the_order_of_the_table() -> None:
    settings = parse_settings('[company]\nname = "T"\ncurrency = "EUR"\nexported_on = "2026-01-01"\n')
    usage = pd.DataFrame(
        {
            "account_id": [f"A{n % 7}" for n in range(50)],
            "day": pd.date_range("2025-01-01", periods=50),
            "feature": [("x", "X", None)[n % 3] for n in range(50)],
            "count": [float(n % 5) for n in range(50)],
        }
    )
    accounts = pd.DataFrame({"account_id": [f"A{n}" for n in range(7)], "name": ["N"] * 7})
    query = "SELECT feature, account_id, sum(count) AS n FROM usage GROUP BY feature, account_id"
    told_of = []
    for seed in (None, 1, 2):
        shuffled = usage if seed is None else usage.sample(frac=1, random_state=seed)
        view = snapshot_of_frames({"accounts": accounts, "usage": shuffled}, settings).as_of("2026-01-01")
        told_of.append(told(view.sql(query)))
    assert told_of[0] == told_of[1] == told_of[2] == sorted(told_of[0], key=cmp_to_key(compared))


@pytest.mark.parametrize(
    ("text", "itself"),
    [
        ("SELECT a FROM t", False),
        ("SELECT a FROM t ORDER BY b DESC", True),
        ("select a from t order\n by b limit 3", True),
        ("SELECT row_number() OVER (PARTITION BY a ORDER BY b) FROM t", False),
        ("SELECT a FROM (SELECT a FROM t ORDER BY (b + 1)) AS x", False),
        ("SELECT ') order by (' AS a FROM t -- order by b", False),
        ("WITH x AS (SELECT 1 AS a ORDER BY 1) SELECT a FROM x ORDER BY a", True),
    ],
)
def test_a_query_orders_its_rows_itself_by_an_order_by_outside_of_parentheses(text: str, itself: bool) -> None:
    assert orders_rows(text) is itself


def falling(engine: DuckDB | Postgres) -> list[int]:
    """What a query brings that wants the largest first, under a WITH as in a view."""
    numbers = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(200))
    inner = f"SELECT n FROM ({numbers}) AS r ORDER BY n DESC LIMIT 150"
    return [int(n) for n in engine.query(f"WITH one AS (SELECT 1 AS x) SELECT * FROM ({inner}) AS result", True)["n"]]


def test_the_order_that_a_query_asks_for_is_kept_by_duckdb() -> None:
    assert falling(DuckDB(threads=4)) == list(range(199, 49, -1))


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_the_order_that_a_query_asks_for_is_kept_by_postgresql(postgres_engine: Postgres) -> None:
    assert falling(postgres_engine) == list(range(199, 49, -1))
