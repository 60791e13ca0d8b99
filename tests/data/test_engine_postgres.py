"""PostgreSQL gives what DuckDB gives: every value, every dtype."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbench.data.engine import DuckDB, Postgres

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]

VALUES = """
    SELECT CAST(t AS VARCHAR) AS t, CAST(d AS DATE) AS d, CAST(m AS DECIMAL(18, 4)) AS m,
           CAST(x AS DOUBLE) AS x, CAST(n AS BIGINT) AS n, CAST(moment AS TIMESTAMP) AS moment
    FROM (VALUES
        ('b', '2024-02-29', '1.0050', '0.1', '7', '2024-02-29 23:30:00'),
        ('B', '2025-12-31', '-2.6750', '2.5', '-7', '2026-01-01 00:10:59.75'),
        ('a', '2026-09-30', '33.3333', '3.5', '2', '2026-09-30 12:00:00'),
        ('é', '9999-12-30', '99999999999.9999', '1e15', '9007199254740993', '9999-12-31 00:00:00'),
        ('日本', NULL, NULL, NULL, NULL, NULL)
    ) AS v(t, d, m, x, n, moment)
"""

EXPRESSIONS = [
    "n / 2",
    "n / m",
    "m / 3",
    "n / (n - 7)",
    "m / 0",
    "n // 2",
    "n % 5",
    "n % 0",
    "m * 3 + 1",
    "m * CAST(0.5 AS DOUBLE)",
    "round(m, 2)",
    "round(x)",
    "round(x, 1)",
    "CAST(x AS BIGINT)",
    "CAST(m AS BIGINT)",
    "sqrt(abs(m))",
    "power(abs(x), 2)",
    "ln(abs(m))",
    "d + 1",
    "d - INTERVAL 3 MONTH",
    "d - DATE '2024-01-31'",
    "CAST(moment AS DATE) - CAST(d AS DATE)",
    "date_diff('day', d, moment)",
    "date_diff('week', d, moment)",
    "date_diff('month', d, DATE '2026-03-01')",
    "date_diff('quarter', d, DATE '2026-03-01')",
    "date_diff('year', d, DATE '2026-03-01')",
    "date_diff('hour', TIMESTAMP '2024-01-01 00:59:59', moment)",
    "date_diff('minute', TIMESTAMP '2024-01-01 00:59:59', moment)",
    "date_diff('second', TIMESTAMP '2024-01-01 00:59:59', moment)",
    "date_trunc('month', d)",
    "date_trunc('quarter', moment)",
    "CAST(date_trunc('week', d) AS DATE)",
    "year(d) * 4 + quarter(d)",
    "extract(month FROM moment)",
    "extract(second FROM moment)",
    "second(moment)",
    "minute(moment)",
    "month(d) = 2",
    "make_date(year(d), month(d), 1)",
    "last_day(DATE '2024-02-01')",
    "epoch(moment)",
    "strftime(d, '%Y-%m')",
    "t < 'a'",
    "t || '-' || t",
    "CAST(n AS VARCHAR)",
    "greatest(n, 3)",
    "coalesce(t, 'none')",
    "CASE WHEN n > 0 THEN 1 END",
    "CASE WHEN n > 0 THEN TRUE ELSE FALSE END",
    "n IS NULL",
    "n > 0",
    "n IS NOT DISTINCT FROM 7",
    "NULL",
    "CAST(NULL AS VARCHAR)",
    "row_number() OVER (ORDER BY t)",
    "row_number() OVER (ORDER BY t DESC)",
    "row_number() OVER (ORDER BY n DESC, t)",
    "rank() OVER (ORDER BY d)",
    "lag(m) OVER (ORDER BY t)",
    "sum(m) OVER (ORDER BY t)",
    "avg(m) OVER (PARTITION BY n > 0)",
    "max(t) OVER ()",
    "min(t) OVER (PARTITION BY n > 0)",
]

AGGREGATES = [
    "count(*)",
    "count(DISTINCT t)",
    "sum(n)",
    "sum(m)",
    "sum(CASE WHEN n > 0 THEN 1 ELSE 0 END)",
    "avg(m)",
    "avg(CASE WHEN n < 100 THEN n END)",
    "min(t)",
    "max(t)",
    "max(d)",
    "sum(m) / count(*)",
    "bool_or(n > 3)",
    "count(*) FILTER (WHERE n > 0)",
]


@pytest.fixture(scope="module")
def database(postgres):
    import os

    os.environ["TEST_POSTGRES"] = postgres.url("reader")
    engine = Postgres("TEST_POSTGRES")
    yield engine
    engine.close()


def same(engine: Postgres, sql: str) -> None:
    expected, actual = DuckDB().query(sql), engine.query(sql)
    order = list(expected.columns)
    keys = [expected.sort_values(order, ignore_index=True), actual.sort_values(order, ignore_index=True)]
    pd.testing.assert_frame_equal(*keys, check_exact=True)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_gives_the_same_values_and_dtypes(database, expression):
    same(database, f"SELECT t, {expression} AS value FROM ({VALUES}) AS v")


@pytest.mark.parametrize("expression", AGGREGATES)
def test_an_aggregate_gives_the_same_values_and_dtypes(database, expression):
    same(database, f"SELECT {expression} AS value FROM ({VALUES}) AS v")
    same(database, f"SELECT n > 0 AS positive, {expression} AS value FROM ({VALUES}) AS v GROUP BY n > 0")


def test_an_empty_result_keeps_the_dtypes(database):
    same(database, f"SELECT * FROM ({VALUES}) AS v WHERE n > 100 AND n < 0")
