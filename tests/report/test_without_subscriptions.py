"""A workspace without subscriptions can be checked and asked for cohorts; packs say what they need."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkbench import cli, open_workspace
from csworkbench.metrics.cohorts import retention

TOML = """
[company]
name = "Shop"
currency = "USD"
exported_on = "2026-06-30"
[tables.accounts]
path = "accounts.csv"
[tables.usage]
path = "usage.csv"
"""
USAGE = """\
account_id,day,feature,count
A1,2026-01-05,purchase,10
A1,2026-02-05,purchase,20
A2,2026-01-09,purchase,30
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "workspace.toml").write_text(TOML)
    (tmp_path / "accounts.csv").write_text("account_id\nA1\nA2\n")
    (tmp_path / "usage.csv").write_text(USAGE)
    return tmp_path


def test_the_check_passes_and_says_that_nothing_is_known_of_revenue(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", str(shop)]) == 0
    assert "there is no table subscriptions" in capsys.readouterr().out


def test_packs_are_refused_with_the_table_they_need_and_what_works_without_it(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = shop / "reports"
    assert cli.main(["qbr", str(shop), "--quarter", "2026Q1", "--output", str(reports)]) == 2
    said = capsys.readouterr().err
    for part in ("no table subscriptions", "every pack needs it", "[tables.subscriptions]", 'retention(view, events="'):
        assert part in said
    assert {path.name for path in reports.rglob("*") if path.is_file()} == {"ledger.jsonl", "lock"}
    assert cli.main(["status", str(reports)]) == 0
    assert "failed" in capsys.readouterr().out


def test_cohorts_of_usage_work_as_the_refusal_says(shop: Path) -> None:
    cohorts = retention(open_workspace(shop).as_of("2026-06-30"), events="purchase", periods=2)
    january = cohorts[cohorts["cohort"] == "2026-01"].set_index("period")
    assert (january["n"][0], january["share"][0], january["share"][1]) == (2, 1.0, 0.5)
