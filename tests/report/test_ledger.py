"""The ledger: appended only, told back truthfully, also after a crash in the middle of a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from workbench import Clock

from csworkbench.report.ledger import FILE, FOLDER, OUTCOMES, Ledger, pack_statuses, read_ledger, statuses

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
