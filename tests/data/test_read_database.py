"""Databases: a DuckDB file, and any database behind a URL that no message ever shows."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from reading import Desk, new_desk, only

if TYPE_CHECKING:
    from postgres import Server

SECRET = "s3cr3t-pass"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = new_desk(tmp_path)
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as crm:
        crm.execute("CREATE TABLE accounts (account_id VARCHAR, mrr DOUBLE, seats INTEGER, day DATE)")
        crm.execute("INSERT INTO accounts VALUES ('007', 0.1, 3, DATE '2026-09-30'), ('NA', 1e20, NULL, NULL)")
    desk.sources = {"crm": {"path": "crm.duckdb"}, "sql": {"url_env": "CRM_URL"}}
    return desk


@pytest.fixture
def sqlite(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    with sqlite3.connect(desk.folder / "crm.sqlite") as crm:
        crm.execute("CREATE TABLE accounts (account_id TEXT, mrr REAL, seats INTEGER)")
        crm.execute("INSERT INTO accounts VALUES ('007', 0.30000000000000004, 3), ('NA', 1e20, NULL)")
    crm.close()
    monkeypatch.setenv("CRM_URL", f"sqlite:///{desk.folder / 'crm.sqlite'}")
    return desk


def test_a_table_of_a_duckdb_file_comes_as_plain_text(desk: Desk) -> None:
    raw = desk.read_source(source="crm", table="accounts")
    assert raw.problems == ()
    assert desk.rows(raw) == [
        ("007", "0.1", "3", "2026-09-30", 2),
        ("NA", "100000000000000000000", None, None, 3),
    ]
    assert raw.plain == {"mrr": "number", "seats": "number", "day": "date"}
    assert raw.files[0].name == "crm.accounts"


def test_a_query_of_a_duckdb_file_is_read(desk: Desk) -> None:
    raw = desk.read_source(source="crm", query="SELECT account_id, count(*) AS n FROM accounts GROUP BY 1 ORDER BY 1;")
    assert desk.rows(raw) == [("007", "1", 2), ("NA", "1", 3)]


def test_a_missing_table_suggests_the_near_one(desk: Desk) -> None:
    problem = only(desk.read_source(source="crm", table="account"))
    assert problem.rule == "missing_table" and 'Did you mean "accounts"?' in problem.remedy


def test_a_wrong_query_is_a_problem_not_a_traceback(desk: Desk) -> None:
    assert only(desk.read_source(source="crm", query="SELEC 1")).rule == "source_failed"


def test_a_query_cannot_write_or_reach_outside_the_file(desk: Desk) -> None:
    desk.write("secret.csv", "a,b\n1,2\n")
    outside = desk.read_source(source="crm", query=f"SELECT * FROM '{desk.folder}/secret.csv'")
    assert only(outside).rule == "source_failed"
    assert only(desk.read_source(source="crm", query="DROP TABLE accounts")).rule == "source_failed"
    assert desk.read_source(source="crm", table="accounts").problems == ()


def test_a_file_that_is_no_duckdb_file_is_a_problem(desk: Desk) -> None:
    desk.write("crm.duckdb", b"\0" * 8 + b"DUCK" + b"\0" * 4000)
    assert only(desk.read_source(source="crm", table="accounts")).rule == "source_failed"


def test_an_undeclared_source_suggests_the_near_one(desk: Desk) -> None:
    problem = only(desk.read_source(source="crn", table="accounts"))
    assert problem.rule == "unknown_source" and 'Did you mean "crm"?' in problem.remedy


def test_a_source_needs_either_a_table_or_a_query(desk: Desk) -> None:
    assert only(desk.read_source(source="crm")).rule == "no_source"
    assert only(desk.read_source(source="crm", table="a", query="b")).rule == "no_source"


def test_a_table_behind_a_url_comes_as_plain_text(sqlite: Desk) -> None:
    raw = sqlite.read_source(source="sql", table="accounts")
    assert raw.problems == ()
    assert sqlite.rows(raw) == [("007", "0.3", "3", 2), ("NA", "100000000000000000000", None, 3)]
    assert raw.plain == {"mrr": "number", "seats": "number"}


def test_a_query_with_signs_that_drivers_read_as_parameters_runs_as_written(sqlite: Desk) -> None:
    raw = sqlite.read_source(
        source="sql", query="SELECT account_id FROM accounts WHERE account_id LIKE '%7' OR 1 = ':x'"
    )
    assert sqlite.rows(raw) == [("007", 2)]


def test_the_same_rows_in_another_order_have_the_same_content_hash(sqlite: Desk) -> None:
    up = sqlite.read_source(source="sql", query="SELECT * FROM accounts ORDER BY 1")
    down = sqlite.read_source(source="sql", query="SELECT * FROM accounts ORDER BY 1 DESC")
    less = sqlite.read_source(source="sql", query="SELECT * FROM accounts LIMIT 1")
    assert up.content_hash == down.content_hash != less.content_hash


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://boss:{SECRET}@127.0.0.1:1/payroll",
        f"nonsense+driver://boss:{SECRET}@host/payroll",
        f"boss:{SECRET}@payroll",
        f"postgresql+psycopg://boss:{SECRET}@127.0.0.1:port/payroll",
    ],
)
def test_no_message_shows_any_part_of_the_url(desk: Desk, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CRM_URL", url)
    problem = only(desk.read_source(source="sql", table="accounts"))
    assert problem.rule in ("bad_url", "source_failed")
    for part in (SECRET, "boss", "payroll", "127.0.0.1"):
        assert part not in repr(problem)


def test_a_variable_that_is_not_set_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_URL", raising=False)
    problem = only(desk.read_source(source="sql", table="accounts"))
    assert problem.rule == "no_url" and "CRM_URL" in problem.said


def test_what_the_database_says_is_shown_without_its_address(sqlite: Desk) -> None:
    problem = only(sqlite.read_source(source="sql", query="SELECT nope FROM accounts"))
    assert "nope" in problem.said and "crm.sqlite" not in repr(problem)


@pytest.mark.postgres
def test_postgresql_is_read_as_a_role_that_may_only_read(
    desk: Desk, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.run(
        "CREATE SCHEMA exports; CREATE TABLE exports.deals (id TEXT, mrr NUMERIC(18, 2), day DATE, at TIMESTAMPTZ);"
        "INSERT INTO exports.deals VALUES ('007', 12.50, '2026-09-30', '2026-09-30 08:00:00+00');"
        "INSERT INTO exports.deals VALUES ('NA', NULL, NULL, NULL);"
        "GRANT USAGE ON SCHEMA exports TO reader; GRANT SELECT ON exports.deals TO reader"
    )
    try:
        monkeypatch.setenv("CRM_URL", postgres.url("reader").replace("postgresql://", "postgresql+psycopg://"))
        raw = desk.read_source(source="sql", table="exports.deals")
        assert raw.problems == ()
        assert desk.rows(raw) == [
            ("007", "12.50", "2026-09-30", "2026-09-30 08:00:00+00:00", 2),
            ("NA", None, None, None, 3),
        ]
        problem = only(desk.read_source(source="sql", table="exports.deal"))
        assert 'Did you mean "deals"?' in problem.remedy
        written = desk.read_source(source="sql", query="CREATE TEMP TABLE t AS SELECT 1")
        assert only(written).rule == "source_failed"
    finally:
        postgres.run("DROP SCHEMA exports CASCADE")
