"""Faults with real kernels: the runner is killed outright, kernels die once, the run has had its time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from places import ROOT
from workbench import GOOD, SHOW, leftovers, packs_in, run, untrue, write_template

from csworkbench.report.ledger import pack_statuses, read_ledger
from csworkbench.report.quarter import Options

pytestmark = pytest.mark.xdist_group("kernels")
HERE = Path(__file__).parent
MARK = "CSW_TEST_MARK"
UNITS = ["good", "sleeps", "holds", "spawns"]
STUCK = """
import ctypes, os, subprocess, time
if os.environ.get("CSW_TEST_STUCK"):
    if segment == "sleeps": time.sleep(100_000)
    if segment == "holds": ctypes.PyDLL(None).sleep(100_000)
    if segment == "spawns": subprocess.Popen(["setsid", "sleep", "100000"]); time.sleep(100_000)
"""
RUNNER = """
import sys
from pathlib import Path
from workbench import run
from csworkbench.report.quarter import Options
run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:], Options(jobs=4))
"""


def marked(mark: str) -> list[str]:
    """Command lines of the processes that have the mark in their environment."""
    return [command for folder in Path("/proc").glob("[0-9]*") for command in _marked(folder, mark)]


def _marked(folder: Path, mark: str) -> Iterator[str]:
    try:
        if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
            yield (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return


def until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


def test_a_runner_that_is_killed_leaves_no_process_and_the_next_run_ends_it(tmp_path: Path) -> None:
    template, output, mark = write_template(tmp_path / "segment.ipynb", STUCK, GOOD), tmp_path / "out", str(tmp_path)
    paths = os.pathsep.join([str(ROOT), str(HERE), str(HERE.parent)])
    own = {**os.environ, "PYTHONPATH": paths, MARK: mark, "CSW_TEST_STUCK": "1", "TMPDIR": "/tmp"}

    def stuck() -> bool:
        said = {status.unit: status.outcome for status in pack_statuses(output)}
        return said.get("good") == "succeeded" and any("sleep 100000" in command for command in marked(mark))

    with subprocess.Popen([sys.executable, "-c", RUNNER, str(template), str(output), *UNITS], env=own) as runner:
        was_stuck = until(stuck, 180)
        time.sleep(1)
        runner.kill()
    assert was_stuck
    assert until(lambda: marked(mark) == [], 20), marked(mark)
    assert {status.unit: status.outcome for status in pack_statuses(output)} == {
        "good": "succeeded",
        **dict.fromkeys(UNITS[1:], "interrupted"),
    }
    assert untrue(output) == []
    assert run(template, output, UNITS).counts == {"skipped": 1, "succeeded": 3}
    run(template, tmp_path / "undisturbed", UNITS)
    assert packs_in(output) == packs_in(tmp_path / "undisturbed")
    assert leftovers(output) == []


def test_a_kernel_that_dies_once_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSW_TEST_FOLDER", str(tmp_path))
    dying = (
        "import os, pathlib\nmark = pathlib.Path(os.environ['CSW_TEST_FOLDER'], 'died')\n"
        "if segment == 'dies' and not mark.exists(): mark.touch(); os.kill(os.getpid(), 9)"
    )
    template = write_template(tmp_path / "segment.ipynb", dying, GOOD)
    assert run(template, tmp_path / "out", ["dies", "smb"]).is_good
    (told,) = (event for event in read_ledger(tmp_path / "out") if event["event"] == "retried")
    assert (told["unit"], told["outcome"], told["attempt"]) == ("dies", "kernel_died", 1)


def test_a_run_that_has_had_its_time_ends_its_kernels(tmp_path: Path) -> None:
    template = write_template(
        tmp_path / "segment.ipynb", "import time\nif segment == 'slow': time.sleep(100_000)", GOOD
    )
    started = time.monotonic()
    summary = run(template, tmp_path / "out", ["smb", "slow"], Options(jobs=2, run_seconds=12))
    assert {r.pack.unit: r.outcome for r in summary.results} == {"smb": "succeeded", "slow": "timeout"}
    assert summary.results[1].reason == "the run took longer than 12 seconds"
    assert time.monotonic() - started < 30


def test_a_page_that_would_show_a_secret_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_PASSWORD", "correct-h0rse")
    show = SHOW + 'import os\ndisplay(HTML(f\'<p>{os.environ["CRM_PASSWORD"] if segment == "leaks" else 1}</p>\'))'
    template = write_template(tmp_path / "segment.ipynb", show)
    summary = run(template, tmp_path / "out", ["leaks", "smb"])
    (failed,) = (result for result in summary.results if not result.is_good)
    assert (failed.pack.unit, failed.outcome) == ("leaks", "render_error")
    assert failed.reason == "the page would show the value of CRM_PASSWORD of the environment"
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert not any(b"correct-h0rse" in path.read_bytes() for path in written)


def test_the_time_of_every_cell_is_known(tmp_path: Path) -> None:
    template = write_template(tmp_path / "segment.ipynb", "import time", "time.sleep(.6)", GOOD)
    summary = run(template, tmp_path / "out", ["smb"])
    (pack, cell), *_ = summary.slowest_cells
    assert (pack.unit, cell.cell) == ("smb", 3)
    assert 0.6 <= cell.seconds < 10
