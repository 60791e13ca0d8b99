"""`csworkbench status`: what became of every pack, for a person and for a program."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from workbench import Clock, drawn, order, run, write_template

from csworkbench import cli
from csworkbench.errors import CsworkbenchError
from csworkbench.report.leash import Leashes
from csworkbench.report.make import Made
from csworkbench.report.quarter import Options, make_quarter
from csworkbench.report.table import table, width
from csworkbench.report.tasks import PackTask


def said(output: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert cli.main(["status", str(output), *options]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def output(tmp_path: Path) -> Path:
    def make(task: PackTask, leashes: Leashes) -> Made:
        return drawn(task, leashes) if task.pack.unit == "smb" else Made("cell_error", "ValueError: 東京", 3, 0.5)

    run(write_template(tmp_path / "segment.ipynb"), tmp_path / "out", ["smb", "Mid market"], how=make)
    return tmp_path / "out"


def test_packs_are_listed_in_columns_with_the_end_of_the_last_run(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *packs, last = said(output, capsys)
    assert header.split() == ["pack", "state", "at", "published", "reason"]
    assert [line.split()[:2] for line in packs] == [
        ["segment-Mid_market-2026Q3-en", "cell_error"],
        ["segment-smb-2026Q3-en", "succeeded"],
    ]
    assert packs[0].endswith("ValueError: 東京")
    assert packs[1].endswith("segment-smb-2026Q3-en.html")
    assert {line.index("2026-11-22 09:0") for line in packs} == {header.index(" at ") + 1}
    assert last.startswith("last run, begun 2026-11-22 09:00:")
    assert last.endswith(": 1 succeeded, 1 cell_error") or last.endswith(": 1 cell_error, 1 succeeded")


def test_a_program_gets_one_object_for_each_pack(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packs = [json.loads(line) for line in said(output, capsys, "--json")]
    assert [(pack["unit"], pack["outcome"], pack["reason"]) for pack in packs] == [
        ("Mid market", "cell_error", "ValueError: 東京"),
        ("smb", "succeeded", ""),
    ]
    assert packs[1]["file"] == "segment-smb-2026Q3-en.html"
    assert len(packs[1]["sha256"]) == 64


def test_a_run_that_failed_before_its_first_pack_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> Any:
        raise CsworkbenchError("usage.csv row 7: no date")

    wanted = order(write_template(tmp_path / "segment.ipynb"), tmp_path / "out", ["smb"])
    with pytest.raises(CsworkbenchError):
        make_quarter(replace(wanted, measure=refuse), Options(), Clock())
    (last,) = said(tmp_path / "out", capsys)
    assert "failed at 2026-11-22" in last
    assert last.endswith("usage.csv row 7: no date")


def test_columns_line_up_where_signs_are_two_wide() -> None:
    text = table(("name", "x"), [("東京", "1"), ("abc", "2"), ("é", "3")])
    assert [width(line[: line.rindex(sign)]) for line, sign in zip(text.splitlines(), "x123", strict=True)] == [6] * 4
