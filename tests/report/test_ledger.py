"""The ledger: appended only, told back truthfully, also after a crash in the middle of a line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from places import ROOT
from workbench import Clock, drawn, order, run, write_template

from csworkbench.errors import CsworkbenchError
from csworkbench.report.leash import Leashes
from csworkbench.report.ledger import FILE, FOLDER, OUTCOMES, Ledger, last_run, pack_statuses, read_ledger, statuses
from csworkbench.report.make import Made
from csworkbench.report.quarter import Options, make_quarter
from csworkbench.report.tasks import PackTask
from csworkbench.report.templates import read_template

PACK = {
    "name": "segment-smb",
    "kind": "segment",
    "unit": "smb",
    "unit_kind": "segment",
    "quarter": "2026Q3",
    "lang": "en",
}
FAILED = {**PACK, "outcome": "timeout", "reason": "slow", "cell": None, "seconds": 1.0, "file": None, "sha256": None}
GOOD = {**FAILED, "outcome": "succeeded", "reason": "", "file": "segment-smb.html", "sha256": "0"}


def ledger(folder: Path, run: str = "r1") -> Ledger:
    return Ledger(folder / FOLDER / FILE, run, Clock())


def test_every_line_is_json_with_time_run_and_event(tmp_path: Path) -> None:
    ledger(tmp_path).append("planned", **{**PACK, "unit": "a\nb\u2028日本\x00"})
    (line,) = (tmp_path / FOLDER / FILE).read_bytes().splitlines()
    event = json.loads(line)
    assert (event["schema"], event["run"], event["event"]) == (1, "r1", "planned")
    assert event["at"] == "2026-11-22T09:00:01+00:00"
    assert event["unit"] == "a\nb\u2028日本\x00"


def test_earlier_lines_are_never_touched(tmp_path: Path) -> None:
    ledger(tmp_path).append("planned", **PACK)
    before = (tmp_path / FOLDER / FILE).read_bytes()
    ledger(tmp_path, "r2").append("started", **PACK)
    assert (tmp_path / FOLDER / FILE).read_bytes().startswith(before)


def test_a_line_that_a_crash_cut_is_left_out_and_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    ledger(tmp_path).append("planned", **PACK)
    path = tmp_path / FOLDER / FILE
    path.write_bytes(path.read_bytes() + b'{"schema": 1, "at": "20')
    ledger(tmp_path, "r2").append("finished", **GOOD)
    assert [event["event"] for event in read_ledger(tmp_path)] == ["planned", "finished"]


@pytest.mark.parametrize("line", [b"[]", b"{}", b"3", b"\xff\xfe", b'{"event": "finished", "run": "r", "at": "x"}'])
def test_lines_of_something_else_are_left_out(tmp_path: Path, line: bytes) -> None:
    ledger(tmp_path).append("planned", **PACK)
    path = tmp_path / FOLDER / FILE
    path.write_bytes(line + b"\n" + path.read_bytes())
    assert len(pack_statuses(tmp_path)) == 1


def test_an_outcome_outside_the_closed_set_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not an outcome"):
        ledger(tmp_path).append("finished", **{**GOOD, "outcome": "fine"})
    for outcome in OUTCOMES:
        ledger(tmp_path).append("finished", **{**GOOD, "outcome": outcome})


def test_the_last_outcome_counts_and_the_last_good_file_stays_known(tmp_path: Path) -> None:
    written = ledger(tmp_path)
    written.append("finished", **GOOD)
    written.append("finished", **FAILED)
    (status,) = pack_statuses(tmp_path)
    assert (status.outcome, status.reason, status.file) == ("timeout", "slow", "segment-smb.html")
    assert status.published_at == "2026-11-22T09:00:01+00:00"


def test_a_pack_whose_run_was_killed_is_interrupted_and_one_of_a_live_run_is_running(tmp_path: Path) -> None:
    ledger(tmp_path).append("started", **PACK)
    events = read_ledger(tmp_path)
    assert [status.outcome for status in statuses(events)] == ["interrupted"]
    assert [status.outcome for status in statuses(events, live=True)] == ["running"]


def test_a_folder_without_a_run_has_no_status(tmp_path: Path) -> None:
    assert pack_statuses(tmp_path) == ()


SCHEMA = Draft202012Validator(json.loads((ROOT / "docs" / "ledger.schema.json").read_text("utf-8")))


def everything_happens(folder: Path) -> Path:
    """Runs whose packs have every outcome, that are resumed, that fail."""
    template, output = write_template(folder / "segment.ipynb"), folder / "out"
    (folder / "board.ipynb").write_text("{", encoding="utf-8")

    def make(task: PackTask, leashes: Leashes) -> Made:
        unit = str(task.pack.unit)
        leashes.cancel_requested = unit == "cancelled"
        return drawn(task, leashes) if unit == "succeeded" else Made(unit, "so it was", 2, 0.5)

    units = ["succeeded", "cell_error", "timeout", "kernel_died", "render_error"]
    for more in ([], ["cancelled"]):
        wanted = order(template, output, [*units, *more])
        both = [*wanted.templates, read_template(folder / "board.ipynb")]
        wanted = replace(wanted, templates=both, unasked={"board"})
        for _ in range(2):
            make_quarter(wanted, Options(), Clock(), how=make)

    def fail() -> Any:
        raise CsworkbenchError("the disk of the exports is gone")

    with pytest.raises(CsworkbenchError):
        make_quarter(replace(wanted, measure=fail), Options(fresh=True), Clock())
    return output


def test_every_line_of_every_event_and_outcome_is_as_the_schema_says(tmp_path: Path) -> None:
    events = read_ledger(everything_happens(tmp_path))
    assert {event["event"] for event in events} == {
        *("run_started", "planned", "started", "retried", "finished", "run_finished", "run_failed")
    }
    assert {event["outcome"] for event in events if event["event"] == "finished"} == set(OUTCOMES)
    for event in events:
        assert list(SCHEMA.iter_errors(event)) == [], event


def test_the_schema_refuses_lines_that_are_not_so(tmp_path: Path) -> None:
    for event in read_ledger(everything_happens(tmp_path)):
        for name in event:
            assert not SCHEMA.is_valid({key: value for key, value in event.items() if key != name}), name
        assert not SCHEMA.is_valid({**event, "surprise": 1})
        assert not SCHEMA.is_valid({**event, "outcome": "fine"})


def test_the_schema_knows_the_closed_set_of_outcomes() -> None:
    assert tuple(SCHEMA.schema["$defs"]["finished"]["properties"]["outcome"]["enum"]) == OUTCOMES
    assert {f"`{outcome}`" for outcome in OUTCOMES} <= set((ROOT / "docs" / "ledger.md").read_text("utf-8").split())


def test_the_last_run_is_told_with_its_end(tmp_path: Path) -> None:
    assert last_run(tmp_path) is None
    output = everything_happens(tmp_path)
    state = last_run(output)
    assert state is not None
    assert (state.state, state.reason) == ("failed", "the disk of the exports is gone")
    run(tmp_path / "segment.ipynb", output, ["succeeded"], how=drawn)
    state = last_run(output)
    assert state is not None
    assert (state.state, state.counts) == ("finished", {"skipped": 1})


def test_many_lines_at_once_are_whole_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    written = ledger(tmp_path)
    written.append("planned", **PACK)
    path, write = tmp_path / FOLDER / FILE, os.write
    before = path.read_bytes()

    def nearly_full(descriptor: int, content: bytes) -> int:
        if len(content) < 100:
            raise OSError(28, "No space left on device")
        return write(descriptor, content[:-50])

    monkeypatch.setattr(os, "write", nearly_full)
    with pytest.raises(OSError, match="No space"):
        written.append_all("planned", [PACK] * 5)
    assert path.read_bytes() == before
