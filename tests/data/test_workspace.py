"""The front door: a workspace opens, refuses with every problem, saves and opens again."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest
from workspaces import COMPANY, FILES, replaced, write

import csworkbench
from csworkbench import CsworkbenchError, Refusal, open_snapshot, open_workspace


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "company"
    folder.mkdir()
    return open_workspace(write(folder))


def test_the_front_door_is_small_and_light():
    assert len(csworkbench.__all__) <= 10
    assert all(hasattr(csworkbench, name) for name in csworkbench.__all__)
    code = "import sys, csworkbench; print([m for m in ('pandas', 'duckdb', 'pydantic') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


def test_tables_are_read_once_for_each_workspace_object(workspace):
    assert workspace.snapshot() is workspace.snapshot()
    (workspace.path / "accounts.csv").unlink()
    assert len(workspace.as_of("2026-06-30").table("accounts")) == 3


def test_a_refusal_holds_every_problem_at_once(tmp_path):
    files = replaced("usage", "A1,2025-03-01", "A1,soon") | replaced("tickets", "no,4", "no,9")
    with pytest.raises(Refusal) as refused:
        open_workspace(write(tmp_path, files)).as_of("2026-06-30")
    assert {(p.file, p.row, p.column) for p in refused.value.problems} == {
        ("usage.csv", 2, "day"),
        ("tickets.csv", 2, "csat"),
    }
    assert 'usage.csv row 2 column "day": "soon" is not a date. Write dates as YYYY-MM-DD' in str(refused.value)


def test_the_report_is_sorted_by_file_and_row_and_can_be_json(tmp_path):
    text = FILES["usage"].replace("export,1,4", "export,x,4").replace("A1,2025-03-01", "A1,soon")
    report = open_workspace(write(tmp_path, {"usage": text})).check()
    assert [(p.file, p.row) for p in report.problems] == [("usage.csv", 2), ("usage.csv", 3)]
    plain = json.loads(json.dumps(report.as_json()))
    assert plain["ok"] is False
    assert plain["problems"][0]["rows"] == [2]


def test_future_dates_are_held_against_today_when_no_export_day_is_declared(tmp_path):
    company = COMPANY.replace('exported_on = "2026-06-30"\n', "")
    workspace = open_workspace(write(tmp_path, company=company))
    assert workspace.check(today=date(2026, 6, 30)).ok
    assert {p.rule for p in workspace.check(today=date(2025, 3, 1)).problems} == {"future_date"}
    assert any("future" in notice for notice in open_workspace(tmp_path).check().notices)


def without(folder, name):
    toml = folder / "workspace.toml"
    toml.write_text(toml.read_text().replace(f"[tables.{name}]\npath = '{name}.csv'", ""))
    return open_workspace(folder)


def test_a_workspace_without_accounts_is_refused(tmp_path):
    report = without(write(tmp_path), "accounts").check()
    assert [(p.rule, p.column) for p in report.problems] == [("missing_table", "tables.accounts")]


def test_a_workspace_without_subscriptions_says_what_is_missing(tmp_path):
    workspace = without(write(tmp_path), "subscriptions")
    assert workspace.check().ok
    assert any("subscriptions" in notice for notice in workspace.check().notices)
    assert not workspace.as_of("2026-06-30").has("subscriptions")


def test_a_saved_snapshot_opens_again_with_the_same_tables(workspace, tmp_path):
    again = open_snapshot(workspace.save(tmp_path / "saved"))
    assert again.facts == workspace.snapshot().facts
    assert again.settings == workspace.settings
    assert again.key == workspace.snapshot().key
    for day in ("2025-02-15", "2026-06-30"):
        for name in workspace.tables:
            pd.testing.assert_frame_equal(again.as_of(day).table(name), workspace.as_of(day).table(name))


def test_saving_twice_writes_the_same_bytes_and_leaves_nothing_else(workspace, tmp_path):
    def contents():
        folder = workspace.save(tmp_path / "saved")
        return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert contents() == contents()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["company", "saved"]


def test_a_folder_that_is_no_snapshot_is_never_overwritten(workspace, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(CsworkbenchError, match="not a snapshot folder"):
        workspace.save(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("name", ["tables/accounts.parquet", "manifest.json"])
def test_a_snapshot_with_one_flipped_bit_is_refused(workspace, tmp_path, name):
    file = workspace.save(tmp_path / "saved") / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(CsworkbenchError, match="save the snapshot again"):
        open_snapshot(tmp_path / "saved")


def test_a_snapshot_without_a_table_file_is_refused(workspace, tmp_path):
    (workspace.save(tmp_path / "saved") / "tables" / "usage.parquet").unlink()
    with pytest.raises(CsworkbenchError, match=r"usage\.parquet is missing"):
        open_snapshot(tmp_path / "saved")


def test_an_empty_folder_is_no_snapshot(tmp_path):
    with pytest.raises(CsworkbenchError, match="no manifest"):
        open_snapshot(tmp_path)


def test_the_key_changes_with_the_data_and_with_the_settings_only(tmp_path):
    def key(name, files=None, toml=""):
        folder = tmp_path / name
        folder.mkdir()
        return open_workspace(write(folder, files, toml)).snapshot().key

    same = key("one")
    assert same == key("two")
    assert same != key("three", replaced("usage", "export,3,10", "export,3,11"))
    assert same != key("four", toml='[tables.usage]\non_orphan = "drop"')


def test_a_notebook_shows_the_workspace_as_inert_html(tmp_path):
    company = COMPANY.replace('"Test"', '"<script>"')
    assert "<script>" not in open_workspace(write(tmp_path, company=company))._repr_html_()
