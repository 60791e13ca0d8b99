"""A workspace whose tables lie in PostgreSQL: the same numbers as from files, the same refusals."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from csworkbench import open_workspace, schema
from csworkbench.data.settings import parse_settings
from csworkbench.data.snapshot import snapshot_of_frames
from csworkbench.data.warehouse import open_warehouse
from csworkbench.errors import CsworkbenchError, Refusal

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]

TOML = """
[company]
name = "Example"
currency = "EUR"
[rates]
USD = 0.5
[tables.accounts]
path = "accounts.csv"
[tables.tickets]
path = "tickets.csv"
[engine]
kind = "postgres"
url_env = "TEST_POSTGRES"
schema = "cs"
"""
SETTINGS = parse_settings(TOML)
WORDS = {"key": "k", "text": "t", "int": 3, "number": 2.5, "money": 10.25, "share": 0.5, "flag": True}


def row(table: schema.Table, i: int) -> dict[str, object]:
    """One lawful row of the table."""
    values: dict[str, object] = {}
    for column in table.columns:
        value = WORDS.get(column.type, pd.Timestamp(2026, 1, 1 + i))
        if column.choices:
            value = column.choices[i % len(column.choices)]
        elif column.type == "key" and column.name not in table.references:
            value = f"{'Zz'[i % 2]}{i:04}"
        values[column.name] = value
    return values | {"account_id": "0001", "csm_id": "0002", "currency": "EUR", "value": "7"}


def frames(n: int = 5) -> dict[str, pd.DataFrame]:
    """Every canonical table with some rows, some of them mostly empty."""
    made = {}
    for name, table in schema.TABLES.items():
        frame = pd.DataFrame([row(table, i) for i in range(n)])[list(table.names)].astype(object)
        optional = [c.name for c in table.columns if not c.required and c.name != "currency"]
        frame.loc[n - 1, optional] = None
        made[name] = frame.drop_duplicates(list(table.key) or None)
    return made | {
        "accounts": pd.DataFrame(
            {
                "account_id": ["0001", "0002", "é", "Z", "a"],
                "name": ["Äpfel", "日本", None, "=x", "b"],
                "started_on": pd.to_datetime(["2025-01-01", "2026-05-05", None, "2026-12-01", "2024-01-01"]),
                "employees": [1, None, 3, 4, 5],
                "segment": ["smb", None, "Enterprise", "smb", "x"],
            }
        ),
        "csms": pd.DataFrame({"csm_id": ["0002"], "name": ["N"], "joined_on": pd.to_datetime(["2020-01-01"])}),
    }


@pytest.fixture(autouse=True)
def environment(postgres, monkeypatch):
    monkeypatch.setenv("TEST_POSTGRES", postgres.url("reader"))


@pytest.fixture(scope="module")
def snapshot():
    return snapshot_of_frames(frames(), SETTINGS)


@pytest.mark.parametrize("day", [pytest.param("2025-06-30", marks=pytest.mark.slow), "2026-01-03", "2026-09-30"])
def test_every_canonical_table_of_a_view_is_the_same_as_in_duckdb(postgres, snapshot, day):
    postgres.upload(snapshot, "cs")
    warehouse = open_warehouse(SETTINGS).snapshot()
    assert warehouse.tables == snapshot.tables == tuple(schema.TABLES)
    for name in snapshot.tables:
        pd.testing.assert_frame_equal(
            warehouse.as_of(day).table(name), snapshot.as_of(day).table(name), check_exact=True, obj=name
        )


def test_facts_are_counted_in_the_database(postgres, snapshot):
    postgres.upload(snapshot, "cs")
    facts = open_warehouse(SETTINGS).snapshot().facts
    assert {name: fact.rows for name, fact in facts.items()} == {n: f.rows for n, f in snapshot.facts.items()}
    assert facts["accounts"].latest == date(2026, 12, 1)


def small(postgres, sql: str = "") -> None:
    """Two accounts and one subscription, changed by the SQL."""
    postgres.end_readers()
    postgres.run(
        """DROP SCHEMA IF EXISTS cs CASCADE; CREATE SCHEMA cs;
        CREATE TABLE cs.accounts (account_id int, name text, is_internal boolean);
        CREATE TABLE cs.subscriptions (subscription_id text, account_id int, starts_on date, ends_on date, mrr numeric,
            currency text, decided_on timestamptz);
        INSERT INTO cs.accounts VALUES (1, 'A', NULL), (2, 'Ours', true);
        INSERT INTO cs.subscriptions VALUES ('s1', 1, '2026-01-01', NULL, 100, 'USD', '2026-01-01 23:30:00-05'),
            ('s2', 2, '2026-01-01', NULL, 100, 'EUR', NULL);"""
        + sql
        + "; GRANT USAGE ON SCHEMA cs TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA cs TO reader"
    )


def test_missing_optional_columns_are_null_and_keys_become_text(postgres):
    small(postgres)
    accounts = open_warehouse(SETTINGS).snapshot().as_of("2026-09-30").table("accounts")
    assert list(accounts.columns) == list(schema.TABLES["accounts"].names)
    assert accounts["account_id"].tolist() == ["1"]
    assert accounts["employees"].isna().all()


def test_the_version_recorded_last_by_the_day_holds(postgres):
    versions = """ALTER TABLE cs.subscriptions ADD recorded_at date;
        UPDATE cs.subscriptions SET recorded_at = '2026-01-01';
        INSERT INTO cs.subscriptions VALUES ('s1', 1, '2026-01-01', NULL, 80, 'EUR', NULL, '2026-03-01')"""
    small(postgres, versions)
    snapshot = open_warehouse(SETTINGS).snapshot()
    assert snapshot.facts["subscriptions"].versions
    assert snapshot.as_of("2026-02-28").table("subscriptions")["mrr"].tolist() == [50.0]
    assert snapshot.as_of("2026-03-01").table("subscriptions")["mrr"].tolist() == [80.0]


def test_what_is_left_out_is_counted(postgres):
    small(postgres)
    facts = open_warehouse(SETTINGS).snapshot().facts
    assert facts["accounts"].dropped == facts["subscriptions"].dropped == {"internal": 1}


def test_internal_accounts_and_their_facts_are_left_out_and_money_is_converted(postgres):
    small(postgres)
    items = open_warehouse(SETTINGS).snapshot().as_of("2026-09-30").table("subscriptions")
    assert items[["subscription_id", "mrr"]].values.tolist() == [["s1", 50.0]]
    assert items["decided_on"].tolist() == [pd.Timestamp("2026-01-02")]


@pytest.mark.parametrize(
    ("sql", "rule", "column", "count"),
    [
        ("DROP TABLE cs.accounts", "missing_table", "", 1),
        ("ALTER TABLE cs.subscriptions DROP COLUMN mrr", "missing_column", "mrr", 1),
        ("ALTER TABLE cs.subscriptions ALTER mrr TYPE text", "wrong_type", "mrr", 1),
        ("INSERT INTO cs.accounts VALUES (1, 'again', NULL), (1, 'again', NULL)", "duplicate_key", "account_id", 2),
        ("INSERT INTO cs.accounts VALUES (NULL, 'nobody', NULL)", "required_empty", "account_id", 1),
        ("UPDATE cs.subscriptions SET starts_on = NULL", "required_empty", "starts_on", 1),
        ("UPDATE cs.subscriptions SET account_id = 77", "orphan", "account_id", 2),
        ("UPDATE cs.subscriptions SET ends_on = '2025-01-01'", "reversed", "ends_on", 1),
        ("UPDATE cs.subscriptions SET currency = 'JPY'", "no_rate", "currency", 1),
        ("UPDATE cs.subscriptions SET currency = NULL", "no_currency", "currency", 1),
        ("UPDATE cs.subscriptions SET mrr = 'NaN'", "not_finite", "mrr", 2),
        ("UPDATE cs.subscriptions SET ends_on = 'infinity'", "date_out_of_range", "ends_on", 2),
        ("UPDATE cs.subscriptions SET mrr = -1", "negative_mrr", "mrr", 1),
    ],
)
def test_a_fault_in_the_database_is_refused(postgres, sql, rule, column, count):
    small(postgres, sql)
    found = [(p.rule, p.column, p.count) for p in open_warehouse(SETTINGS).problems]
    assert found == [(rule, column, count)]
    with pytest.raises(Refusal, match=column or "no such table"):
        open_warehouse(SETTINGS).snapshot()


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "workspace.toml").write_text(TOML)
    return open_workspace(tmp_path)


def test_the_check_of_a_workspace_in_a_database_reports_its_problems_and_raises_nothing(postgres, workspace):
    small(postgres, "UPDATE cs.subscriptions SET starts_on = NULL, currency = 'JPY'")
    report = workspace.check()
    assert [(p.file, p.rule) for p in report.problems] == [
        ("cs.subscriptions", "no_rate"),
        ("cs.subscriptions", "required_empty"),
    ]
    assert not report.ok
    assert report.as_json()["problems"][0]["column"] == "currency"
    assert workspace.tables == ("accounts", "subscriptions")
    with pytest.raises(Refusal, match="starts_on"):
        workspace.snapshot()


def test_the_check_of_a_good_database_counts_what_is_tolerated(postgres, tmp_path):
    small(postgres, "UPDATE cs.subscriptions SET mrr = -1")
    toml = TOML.replace("[tables.tickets]", '[tables.subscriptions]\ntable = "x"\ncredits = true\n[tables.tickets]')
    (tmp_path / "workspace.toml").write_text(toml)
    report = open_workspace(tmp_path).check()
    assert report.ok
    assert [(p.rule, p.count) for p in report.tolerated] == [("negative_mrr", 1)]
    assert report.facts["subscriptions"].tolerated == {"negative_mrr": 1}


def test_a_database_without_subscriptions_opens_and_says_so(postgres, workspace):
    small(postgres, "DROP TABLE cs.subscriptions")
    assert workspace.check().problems == ()
    assert any("no table subscriptions" in notice for notice in workspace.check().notices)
    assert workspace.as_of("2026-09-30").tables == ("accounts",)


def test_the_key_changes_with_any_value(postgres):
    small(postgres)
    before = open_warehouse(SETTINGS).snapshot().key
    assert open_warehouse(SETTINGS).snapshot().key == before
    postgres.run("UPDATE cs.accounts SET name = 'B' WHERE account_id = 1")
    assert open_warehouse(SETTINGS).snapshot().key != before


def test_nothing_can_be_written_through_the_engine(postgres, monkeypatch):
    small(postgres)
    monkeypatch.setenv("TEST_POSTGRES", postgres.url("owner"))
    with pytest.raises(CsworkbenchError, match="read-only transaction"):
        open_warehouse(SETTINGS).engine.rows("DELETE FROM cs.accounts RETURNING 1")
    assert open_warehouse(SETTINGS).snapshot().facts["accounts"].rows == 1


def test_the_url_is_in_no_error_and_no_repr(postgres, monkeypatch):
    secret = "hunter2-very-secret"
    for url in (
        f"postgresql://reader:{secret}@127.0.0.1:1/db",
        f"postgresql://{secret}:{secret}@/{secret}?host={postgres.socket}",
        f"mysql://{secret}@h/db",
        f"postgresql://u:{secret}@h:port/db",
        f"{secret}",
    ):
        monkeypatch.setenv("TEST_POSTGRES", url)
        with pytest.raises(CsworkbenchError) as caught:
            open_warehouse(SETTINGS)
        assert secret not in str(caught.value) + repr(caught.value.__cause__)
        assert "TEST_POSTGRES" in str(caught.value)
    monkeypatch.delenv("TEST_POSTGRES")
    with pytest.raises(CsworkbenchError, match="TEST_POSTGRES is not set"):
        open_warehouse(SETTINGS)
    assert secret not in repr(open_warehouse)


def test_all_queries_of_a_snapshot_see_the_database_as_it_was(postgres):
    small(postgres)
    view = open_warehouse(SETTINGS).snapshot().as_of("2026-09-30")
    postgres.run("INSERT INTO cs.accounts VALUES (3, 'late', NULL)")
    assert view.table("accounts")["account_id"].tolist() == ["1"]
