"""A workspace whose tables lie in Spark: the same numbers as from files, the same refusals."""

from __future__ import annotations

import time
from datetime import date

import pandas as pd
import pytest
from spark import running_server
from test_warehouse import TOML, frames

from csworkbench import cli, schema
from csworkbench.cli.options import REFUSED
from csworkbench.data.settings import parse_settings
from csworkbench.data.snapshot import snapshot_of_frames
from csworkbench.data.warehouse import open_warehouse
from csworkbench.errors import CsworkbenchError, Refusal

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]

ON_SPARK = TOML.replace('"postgres"', '"spark"').replace("TEST_POSTGRES", "TEST_SPARK")
SETTINGS = parse_settings(ON_SPARK)
ACCOUNTS = "SELECT 1 AS account_id, 'A' AS name, CAST(NULL AS BOOLEAN) AS is_internal UNION ALL SELECT 2, 'Ours', true"
ITEM = {
    "subscription_id": "'s1'",
    "account_id": "1",
    "starts_on": "DATE'2026-01-01'",
    "ends_on": "CAST(NULL AS DATE)",
    "mrr": "CAST(100 AS DECIMAL(10, 2))",
    "currency": "'USD'",
    "decided_on": "CAST('2026-01-01 23:30:00-05:00' AS TIMESTAMP)",
}


@pytest.fixture(autouse=True)
def environment(spark, monkeypatch):
    monkeypatch.setenv("TEST_SPARK", spark.url)


def small(spark, accounts: str = ACCOUNTS, **changed: str) -> None:
    """Two accounts and one subscription, changed so; what is changed to nothing is left out."""
    item = ", ".join(f"{value} AS {name}" for name, value in (ITEM | changed).items() if value)
    spark.run(
        "DROP SCHEMA IF EXISTS cs CASCADE",
        "CREATE SCHEMA cs",
        *([f"CREATE TABLE cs.accounts USING parquet AS {accounts}"] if accounts else []),
        f"CREATE TABLE cs.subscriptions USING parquet AS SELECT {item}",
    )


def test_every_canonical_table_of_a_view_is_the_same_as_in_duckdb(spark):
    snapshot = snapshot_of_frames(frames(), SETTINGS)
    spark.upload(snapshot, "cs")
    warehouse = open_warehouse(SETTINGS).snapshot()
    assert warehouse.tables == snapshot.tables == tuple(schema.TABLES)
    assert warehouse.facts["accounts"].latest == date(2026, 12, 1)
    assert {name: fact.rows for name, fact in warehouse.facts.items()} == {n: f.rows for n, f in snapshot.facts.items()}
    for name in snapshot.tables:
        found, expected = (each.as_of("2026-01-03").table(name) for each in (warehouse, snapshot))
        pd.testing.assert_frame_equal(found, expected, check_exact=True, obj=name)


def test_keys_become_text_internal_accounts_go_money_is_converted_and_moments_get_the_companys_day(spark):
    small(spark)
    snapshot = open_warehouse(SETTINGS).snapshot()
    view = snapshot.as_of("2026-09-30")
    assert view.table("accounts")["account_id"].tolist() == ["1"]
    assert view.table("accounts")["employees"].isna().all()
    items = view.table("subscriptions")
    assert items[["account_id", "mrr", "currency"]].values.tolist() == [["1", 50.0, "EUR"]]
    assert items["decided_on"].tolist() == [pd.Timestamp("2026-01-02")]
    assert snapshot.facts["accounts"].dropped == {"internal": 1}


@pytest.mark.parametrize(
    ("changed", "rule", "column", "count"),
    [
        ({"accounts": ""}, "missing_table", "", 1),
        ({"mrr": ""}, "missing_column", "mrr", 1),
        ({"mrr": "'100'"}, "wrong_type", "mrr", 1),
        ({"mrr": "array(1)"}, "wrong_type", "mrr", 1),
        ({"accounts": f"{ACCOUNTS} UNION ALL SELECT 1, 'again', NULL"}, "duplicate_key", "account_id", 1),
        ({"account_id": "77"}, "orphan", "account_id", 1),
        ({"ends_on": "DATE'2025-01-01'"}, "reversed", "ends_on", 1),
        ({"currency": "'JPY'"}, "no_rate", "currency", 1),
        ({"mrr": "double('NaN')"}, "not_finite", "mrr", 1),
        ({"mrr": "double('-Infinity')"}, "not_finite", "mrr", 1),
        ({"ends_on": "DATE'9999-12-31' + 1"}, "date_out_of_range", "ends_on", 1),
        ({"mrr": "-1"}, "negative_mrr", "mrr", 1),
    ],
)
def test_a_fault_in_the_database_is_refused(spark, changed, rule, column, count):
    small(spark, **changed)
    warehouse = open_warehouse(SETTINGS)
    assert [(p.rule, p.column, p.count) for p in warehouse.problems] == [(rule, column, count)]
    with pytest.raises(Refusal, match=column or "no such table"):
        warehouse.snapshot()


def test_a_type_that_is_refused_is_called_as_spark_calls_it(spark):
    small(spark, mrr="'100'")
    (problem,) = open_warehouse(SETTINGS).problems
    assert problem.said == "is string, which is no money"
    assert "bigint or decimal or double" in problem.remedy


def test_the_key_changes_with_any_value_and_with_the_place_of_an_empty_one(spark):
    keys = []
    for changed in ({}, {"currency": "'EUR'"}, {"decided_on": "CAST(NULL AS TIMESTAMP)"}, {}):
        small(spark, **changed)
        keys.append(open_warehouse(SETTINGS).snapshot().key)
    assert keys[0] == keys[-1]
    assert len(set(keys)) == len(keys) - 1


def test_a_schema_may_be_named_with_its_catalog_and_hold_views(spark):
    small(spark)
    spark.run("CREATE VIEW cs.csms AS SELECT 'c1' AS csm_id, 'N' AS name")
    engine = SETTINGS.engine.model_copy(update={"schema_": "spark_catalog.cs"})
    view = open_warehouse(SETTINGS.model_copy(update={"engine": engine})).snapshot().as_of("2026-09-30")
    assert view.tables == ("accounts", "subscriptions", "csms")
    assert view.table("csms")["csm_id"].tolist() == ["c1"]


def test_text_is_compared_by_code_point_whatever_the_columns_collation(spark):
    small(spark)
    spark.run(
        "CREATE TABLE cs.csms (csm_id STRING COLLATE UNICODE_CI, name STRING) USING parquet",
        "INSERT INTO cs.csms VALUES ('a', 'x'), ('B', 'y'), ('A', 'z')",
    )
    view = open_warehouse(SETTINGS).snapshot().as_of("2026-09-30")
    assert view.sql("SELECT csm_id, count(*) AS n FROM csms GROUP BY csm_id")["csm_id"].tolist() == ["A", "B", "a"]


def test_the_command_checks_a_workspace_in_spark_and_shows_no_address(spark, tmp_path, capfd):
    (tmp_path / "workspace.toml").write_text(ON_SPARK)
    small(spark, currency="'JPY'")
    assert cli.main(["check", str(tmp_path)]) == REFUSED
    said = "".join(capfd.readouterr())
    assert "Give its rate under [rates]" in said
    assert str(spark.port) not in said


def test_a_server_that_goes_is_missed_with_one_sentence_and_soon(spark, monkeypatch):
    with running_server() as other:
        small(other)
        monkeypatch.setenv("TEST_SPARK", other.url)
        view = open_warehouse(SETTINGS).snapshot().as_of("2026-09-30")
        assert len(view.table("accounts")) == 1
        other.stop()
        began = time.monotonic()
        with pytest.raises(CsworkbenchError, match=r"named by the environment variable TEST_SPARK does not answer"):
            view.table("subscriptions")
        assert time.monotonic() - began < 60


def test_a_session_that_ended_is_opened_anew(spark):
    small(spark)
    view = open_warehouse(SETTINGS).snapshot().as_of("2026-09-30")
    view.snapshot.engine._session.client.release_session()
    assert view.table("accounts")["account_id"].tolist() == ["1"]
