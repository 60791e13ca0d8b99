"""Spark gives what DuckDB gives: every value, every dtype. The server's own settings are other ones."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from test_engine_order import TURNED, expected, rows, told, values
from test_engine_postgres import AGGREGATES, EXPRESSIONS, VALUES

from csworkbench.data.engine import DuckDB, Spark
from csworkbench.errors import CsworkbenchError

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]

ONLY_HERE = [
    "CAST(x * 3 AS BIGINT)",
    "CAST(CAST(n AS VARCHAR) AS BIGINT)",
    "CAST(m AS DECIMAL(38, 12)) * 3",
    "epoch(d)",
    "extract(epoch FROM moment)",
    "week(d)",
    "dayofweek(d)",
    "concat(t, n, '.')",
    "'it''s a \\ and a \\n' || t",
    "substr(t, 1, 1)",
    "d >= TIMESTAMP '2025-01-01 00:00:00'",
    "sum(n) OVER (ORDER BY t ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
    "power(2, extract(DAY FROM d))",
]


@pytest.fixture(scope="module")
def engine(spark):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_SPARK", spark.url)
        engine = Spark("TEST_SPARK")
        yield engine
        engine.close()


def same(engine: Spark, sql: str) -> None:
    pd.testing.assert_frame_equal(engine.query(sql), DuckDB().query(sql), check_exact=True)


@pytest.mark.parametrize("expression", [*EXPRESSIONS, *ONLY_HERE])
def test_an_expression_gives_the_same_values_and_dtypes(engine, expression):
    same(engine, f"SELECT t, {expression} AS value FROM ({VALUES}) AS v")


@pytest.mark.parametrize("expression", AGGREGATES)
def test_an_aggregate_gives_the_same_values_and_dtypes(engine, expression):
    same(engine, f"SELECT {expression} AS value FROM ({VALUES}) AS v")
    same(engine, f"SELECT n > 0 AS positive, {expression} AS value FROM ({VALUES}) AS v GROUP BY n > 0")


def test_an_empty_result_keeps_the_dtypes(engine):
    same(engine, f"SELECT * FROM ({VALUES}) AS v WHERE n > 100 AND n < 0")


def only(engine: Spark, expression: str) -> object:
    """The value of an expression of constants."""
    return engine.query(f"SELECT {expression} AS value")["value"][0]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("CAST(CAST(2.5 AS DOUBLE) AS BIGINT)", 2),
        ("CAST(CAST(3.5 AS DOUBLE) AS BIGINT)", 4),
        ("CAST(CAST(2.5 AS DECIMAL(4, 1)) AS BIGINT)", 3),
        ("CAST(CAST(-2.5 AS DECIMAL(4, 1)) AS INTEGER)", -3),
        ("CAST(CAST('9007199254740993' AS VARCHAR) AS BIGINT)", 9007199254740993),
        ("dayofweek(DATE '2026-11-22')", 0),
        ("dayofweek(DATE '2026-11-28')", 6),
        ("week(DATE '2027-01-03')", 53),
        ("epoch(TIMESTAMP '1970-01-02 00:00:00.25')", 86400.25),
        ("extract(epoch FROM TIMESTAMP '1969-12-31 23:59:59.5')", -0.5),
        ("DATE '2024-03-01' - DATE '2024-02-28'", 2),
        ("concat('a', NULL, 7)", "a7"),
        ("CAST(0.123456789012 AS DECIMAL(38, 12)) * 3", 0.370370367036),
        ("1 / 0", None),
        ("date_diff('month', DATE '2024-01-31', DATE '2024-02-01')", 1),
    ],
)
def test_what_is_mended_is_what_a_calendar_or_arithmetic_by_hand_says(engine, expression, value):
    found = only(engine, expression)
    assert pd.isna(found) if value is None else found == value


@pytest.mark.parametrize("day", [date(2000, 2, 29), date(2026, 9, 30), date(2020, 12, 31), date(1999, 1, 1)])
def test_days_and_weeks_are_those_of_pythons_calendar(engine, day):
    written = f"DATE '{day}'"
    assert only(engine, f"dayofweek({written})") == day.isoweekday() % 7
    assert only(engine, f"week({written})") == day.isocalendar().week
    assert only(engine, f"date_diff('day', DATE '1970-01-01', {written})") == (day - date(1970, 1, 1)).days


def test_a_number_that_text_is_not_is_an_error_and_no_empty_value(engine):
    with pytest.raises(CsworkbenchError, match="CAST_INVALID_INPUT"):
        only(engine, "CAST('Jane Roe' AS DATE)")


def test_a_difference_without_casts_is_refused_with_the_way_to_write_it(engine):
    with pytest.raises(CsworkbenchError, match=r"CAST\(a AS DATE\) - CAST\(b AS DATE\)"):
        engine.query(
            f"SELECT d - lag_d AS days FROM (SELECT d, lag(d) OVER (ORDER BY t) AS lag_d FROM ({VALUES}) AS v) AS w"
        )


def test_neither_the_error_nor_the_log_shows_a_value(engine, capfd):
    with pytest.raises(CsworkbenchError) as caught:
        engine.rows("SELECT CAST('Jane Roe' AS DATE)")
    assert "Roe" not in str(caught.value) + "".join(capfd.readouterr())


@pytest.mark.parametrize("names", TURNED, ids=lambda names: f"{names[0]} first")
def test_rows_come_sorted_by_the_columns_from_left_to_right(engine, names):
    given = rows(names, 80, seed=len(names[0]))
    assert told(engine.query(values(names, given))) == expected(given)


def test_the_order_that_a_query_asks_for_is_kept(engine):
    numbers = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(60))
    found = engine.query(f"SELECT n FROM ({numbers}) AS r ORDER BY n DESC LIMIT 50", is_ordered=True)
    assert [int(n) for n in found["n"]] == list(range(59, 9, -1))
