"""Faults around the packs: no pack is ever half or wrong, the ledger is true, and the next run mends what happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from workbench import PARAMETERS, Clock, drawn, leftovers, order, packs_in, run, untrue, write_template

from csworkbench.errors import CsworkbenchError, Refusal
from csworkbench.report.leash import Leashes
from csworkbench.report.ledger import FOLDER, last_run, pack_statuses, read_ledger
from csworkbench.report.make import Made
from csworkbench.report.quarter import Options, make_quarter
from csworkbench.report.tasks import PackTask

HERE = Path(__file__).parent
UNITS = ["a", "b", "c", "d"]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return write_template(tmp_path / "segment.ipynb")


def outcomes(output: Path) -> dict[str, str]:
    return {str(status.unit): status.outcome for status in pack_statuses(output)}


def killed(folder: Path, *how: str) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE), str(HERE.parent)])}
    command = [sys.executable, str(HERE / "killed.py"), str(folder), *how]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_run_killed_between_any_two_file_operations_is_finished_by_the_next(tmp_path: Path) -> None:
    found = killed(tmp_path, "files", "5")
    assert found["faults"] == []
    assert found["killed"] >= 10


def test_a_run_killed_at_any_instant_is_finished_by_the_next(tmp_path: Path) -> None:
    found = killed(tmp_path, "instants", "12")
    assert found["faults"] == []
    assert found["killed"] == 12


@pytest.mark.slow
@pytest.mark.parametrize(("how", "number", "least"), [("files", "1", 60), ("instants", "250", 250)])
def test_a_run_killed_at_hundreds_of_moments_is_finished_by_the_next(
    tmp_path: Path, how: str, number: str, least: int
) -> None:
    found = killed(tmp_path, how, number)
    assert found["faults"] == []
    assert found["killed"] >= least


@contextmanager
def small_disk(place: Path, kib: int) -> Iterator[Path]:
    """A file system of that size."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def leave_free(disk: Path, kib: int) -> Path:
    """Fill the disk up to that many KiB."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        facts = os.statvfs(disk)
        file.write(b"\0" * (facts.f_bavail * facts.f_frsize - kib * 1024))
    return filler


@pytest.mark.usefixtures("mounting")
def test_a_full_disk_at_any_write_leaves_whole_packs_and_a_true_ledger(tmp_path: Path, template: Path) -> None:
    for content in ("old", "new"):
        run(template, tmp_path / "undisturbed", UNITS, content=content, how=drawn)
        if content == "old":
            before = packs_in(tmp_path / "undisturbed")
    undisturbed = packs_in(tmp_path / "undisturbed")
    ends: set[str] = set()
    with small_disk(tmp_path / "disk", 1024) as disk:
        for free_kib in range(0, 220, 12):
            output = disk / "out"
            subprocess.run(["rm", "-rf", str(output)], check=True)
            run(template, output, UNITS, content="old", how=drawn)
            filler = leave_free(disk, free_kib)
            try:
                ends |= {result.outcome for result in run(template, output, UNITS, content="new", how=drawn).results}
            except OSError as error:
                ends.add(str(error.strerror))
            found = packs_in(output)
            for name in before.keys() - {"index.html"}:
                assert found[name] in (before[name], undisturbed[name]), f"{name} with {free_kib} KiB left"
            assert untrue(output) == []
            filler.unlink()
            assert run(template, output, UNITS, content="new", how=drawn).is_good
            assert packs_in(output) == undisturbed
            assert leftovers(output) == []
    assert ends >= {"No space left on device", "render_error", "succeeded"}


@pytest.mark.usefixtures("mounting")
def test_a_pack_that_cannot_be_written_does_not_stop_the_others(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def large(task: PackTask, leashes: Leashes) -> Made:
        made = drawn(task, leashes)
        return replace(made, html=made.html * 40) if task.pack.unit == "b" else made

    with small_disk(tmp_path / "disk", 600) as disk:
        summary = run(template, disk / "out", UNITS, how=large)
        assert outcomes(disk / "out") == {"a": "succeeded", "b": "render_error", "c": "succeeded", "d": "succeeded"}
    (failed,) = (result for result in summary.results if not result.is_good)
    assert failed.reason == "the pack could not be written: No space left on device"


@pytest.mark.usefixtures("mounting")
def test_an_output_that_is_read_only_is_refused_and_stays_as_it_is(tmp_path: Path, template: Path) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        run(template, disk / "out", UNITS, how=drawn)
        before = {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(OSError, match="Read-only file system"):
            run(template, disk / "out", UNITS, content="new", how=drawn)
        assert {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()} == before


def test_a_second_run_on_one_output_is_refused_and_the_first_goes_on(tmp_path: Path, template: Path) -> None:
    go_on, begun = threading.Event(), threading.Event()

    def slow(task: PackTask, leashes: Leashes) -> Made:
        begun.set()
        assert go_on.wait(30)
        return drawn(task, leashes)

    first = threading.Thread(target=lambda: run(template, tmp_path / "out", UNITS, how=slow))
    first.start()
    assert begun.wait(30)
    with pytest.raises(CsworkbenchError, match="another run is writing"):
        run(template, tmp_path / "out", UNITS, how=drawn)
    assert set(outcomes(tmp_path / "out").values()) <= {"running", "planned"}
    go_on.set()
    first.join()
    assert set(outcomes(tmp_path / "out").values()) == {"succeeded"}
    assert len({event["run"] for event in read_ledger(tmp_path / "out")}) == 1


def test_a_clock_that_jumps_back_changes_no_outcome(tmp_path: Path, template: Path) -> None:
    class Falling:
        now = datetime(2026, 11, 22, tzinfo=UTC)

        def __call__(self) -> datetime:
            self.now -= timedelta(hours=5)
            return self.now

    output = tmp_path / "out"
    for content in ("old", "new"):
        assert make_quarter(order(template, output, UNITS, content), Options(jobs=2), Falling(), how=drawn).is_good
    assert untrue(output) == []
    assert "new" in (output / "segment-a-2026Q3-en.html").read_text("utf-8")
    assert set(outcomes(output).values()) == {"succeeded"}


def test_a_template_that_is_deleted_while_packs_are_made_stays_what_it_was(tmp_path: Path, template: Path) -> None:
    def deleting(task: PackTask, leashes: Leashes) -> Made:
        template.unlink(missing_ok=True)
        assert task.pack.template.notebook["cells"]
        return drawn(task, leashes)

    assert run(template, tmp_path / "out", UNITS, how=deleting).is_good


def test_measuring_that_fails_is_told_by_the_ledger_and_touches_no_pack(tmp_path: Path, template: Path) -> None:
    run(template, tmp_path / "out", UNITS, how=drawn)
    before = packs_in(tmp_path / "out")

    def refuse() -> Any:
        raise CsworkbenchError("usage.csv row 7: no date")

    wanted = replace(order(template, tmp_path / "out", UNITS, "new"), measure=refuse)
    with pytest.raises(CsworkbenchError):
        make_quarter(wanted, Options(), Clock(), how=drawn)
    assert packs_in(tmp_path / "out") == before
    assert [event["event"] for event in read_ledger(tmp_path / "out")][-2:] == ["run_started", "run_failed"]
    state = last_run(tmp_path / "out")
    assert state is not None
    assert (state.state, state.reason) == ("failed", "usage.csv row 7: no date")
    assert set(outcomes(tmp_path / "out").values()) == {"succeeded"}


def test_sigterm_while_measuring_is_told_and_nothing_is_left(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Beside this test another worker may have packs at work in the usual place.
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))

    def stopped() -> Any:
        Path(tempfile.gettempdir(), "spill").write_text("x", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    wanted = replace(order(template, tmp_path / "out", UNITS), measure=stopped)
    with pytest.raises(KeyboardInterrupt):
        make_quarter(wanted, Options(), Clock(), how=drawn)
    state = last_run(tmp_path / "out")
    assert state is not None
    assert (state.state, state.reason) == ("failed", "the run was cancelled")
    assert list((tmp_path / "tmp").iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


@pytest.mark.parametrize("error", [BrokenPipeError(32, "Broken pipe"), ValueError("I/O operation on closed file")])
def test_a_reader_of_the_progress_that_goes_away_does_not_end_the_run(
    tmp_path: Path, template: Path, error: Exception
) -> None:
    def gone(_: object) -> None:
        raise error

    assert make_quarter(order(template, tmp_path / "out", UNITS), Options(), Clock(), gone, how=drawn).is_good


def test_what_was_typed_wrongly_leaves_no_trace(tmp_path: Path, template: Path) -> None:
    with pytest.raises(CsworkbenchError, match="no pack matches"):
        run(template, tmp_path / "far" / "out", UNITS, Options(only="nothing"), how=drawn)
    assert not (tmp_path / "far").exists()


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (Options(parameters={"segmnt": "a"}), "unknown_parameter"),
        (Options(parameters={"top": "many"}), "wrong_type"),
        (Options(languages=["en", "jp"]), "unknown_unit"),
    ],
)
def test_what_was_typed_wrongly_is_refused_before_anything_is_measured(
    tmp_path: Path, options: Options, rule: str
) -> None:
    def measure() -> Any:
        raise AssertionError("measured")

    template = write_template(tmp_path / "segment.ipynb", parameters=PARAMETERS + "top: int = 3\n")
    wanted = replace(order(template, tmp_path / "out", UNITS), measure=measure)
    with pytest.raises(Refusal) as refusal:
        make_quarter(wanted, options, Clock(), how=drawn)
    assert [problem.rule for problem in refusal.value.problems] == [rule]
    assert not (tmp_path / "out").exists()


def test_a_template_that_cannot_be_used_is_refused_before_anything_is_measured_unless_nobody_named_it(
    tmp_path: Path,
) -> None:
    asked: list[str] = []

    def measure() -> Any:
        asked.append("measured")
        raise CsworkbenchError("enough")

    broken = write_template(tmp_path / "segment.ipynb", parameters=None)
    named = replace(order(broken, tmp_path / "out", UNITS), measure=measure)
    with pytest.raises(Refusal) as refusal:
        make_quarter(named, Options(), Clock(), how=drawn)
    assert [problem.rule for problem in refusal.value.problems] == ["parameters_cell"]
    assert asked == []
    with pytest.raises(CsworkbenchError, match="enough"):
        make_quarter(replace(named, unasked={"segment"}), Options(), Clock(), how=drawn)
    assert asked == ["measured"]


def flaky(passes_at: int, outcome: str, seen: list[str]) -> Any:
    def make(task: PackTask, leashes: Leashes) -> Made:
        seen.append(str(task.pack.unit))
        if task.pack.unit == "b" and seen.count("b") < passes_at:
            return Made(outcome, "so it was", seconds=0.1)
        return drawn(task, leashes)

    return make


@pytest.mark.parametrize("outcome", ["kernel_died", "timeout"])
def test_a_death_or_a_timeout_is_tried_once_more_and_told(tmp_path: Path, template: Path, outcome: str) -> None:
    seen: list[str] = []
    summary = run(template, tmp_path / "out", UNITS, how=flaky(2, outcome, seen))
    assert summary.is_good
    assert sorted(seen) == ["a", "b", "b", "c", "d"]
    (told,) = (event for event in read_ledger(tmp_path / "out") if event["event"] == "retried")
    assert (told["unit"], told["attempt"], told["outcome"], told["reason"]) == ("b", 1, outcome, "so it was")
    assert {r.pack.unit: r.attempt for r in summary.results} == {"a": 1, "b": 2, "c": 1, "d": 1}


@pytest.mark.parametrize(("outcome", "tries"), [("kernel_died", 3), ("cell_error", 1), ("render_error", 1)])
def test_tries_are_bounded_and_only_for_what_can_pass(tmp_path: Path, template: Path, outcome: str, tries: int) -> None:
    seen: list[str] = []
    run(template, tmp_path / "out", UNITS, Options(retries=2), how=flaky(99, outcome, seen))
    assert seen.count("b") == tries
    assert outcomes(tmp_path / "out") == {"a": "succeeded", "b": outcome, "c": "succeeded", "d": "succeeded"}


def test_a_run_that_takes_too_long_ends_with_what_it_has(tmp_path: Path, template: Path) -> None:
    def endless(task: PackTask, leashes: Leashes) -> Made:
        if task.pack.unit == "a":
            return drawn(task, leashes)
        while not leashes.cancelled:
            time.sleep(0.01)
        return Made("cancelled", "its kernel was ended")

    summary = run(template, tmp_path / "out", UNITS, Options(run_seconds=0.5, jobs=2), how=endless)
    reason = "the run took longer than 0.5 seconds"
    assert outcomes(tmp_path / "out") == {"a": "succeeded", "b": "timeout", "c": "timeout", "d": "cancelled"}
    assert {result.reason for result in summary.results if not result.is_good} == {reason}
    assert not summary.is_good
    assert not summary.interrupted
    assert run(template, tmp_path / "out", UNITS, how=drawn).counts == {"skipped": 1, "succeeded": 3}


def test_a_maker_that_breaks_fails_its_own_pack_only(tmp_path: Path, template: Path) -> None:
    def breaking(task: PackTask, leashes: Leashes) -> Made:
        if task.pack.unit == "c":
            raise MemoryError("no room")
        return drawn(task, leashes)

    run(template, tmp_path / "out", UNITS, Options(retries=0), how=breaking)
    assert outcomes(tmp_path / "out") == {"a": "succeeded", "b": "succeeded", "c": "kernel_died", "d": "succeeded"}


def test_nothing_but_the_lock_the_marts_and_the_ledger_is_in_the_hidden_folder(tmp_path: Path, template: Path) -> None:
    run(template, tmp_path / "out", UNITS, how=drawn)
    names = sorted(path.name for path in (tmp_path / "out" / FOLDER).iterdir())
    assert names == ["ledger.jsonl", "lock", "marts.json", "measures"]
