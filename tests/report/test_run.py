"""Runs with real kernels: every fault has its outcome, and touches no other pack."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from workbench import GOOD, SHOW, packs_of, run, write_template

from csworkbench.errors import CsworkbenchError
from csworkbench.report.leash import Leashes
from csworkbench.report.ledger import FILE, FOLDER, pack_statuses, read_ledger
from csworkbench.report.limits import Limits
from csworkbench.report.publish import Page
from csworkbench.report.quarter import Options
from csworkbench.report.results import Summary
from csworkbench.report.run import run_packs
from csworkbench.report.tasks import PackTask

pytestmark = pytest.mark.xdist_group("kernels")

FAULTS = """
import os, subprocess, sys, time
if segment == "raises": raise ValueError("token=" + os.environ["CSW_TEST_TOKEN"] + " <b>bold</b> \\x1b[31mred")
if segment == "leaves": sys.exit(0)
if segment == "dies": os.kill(os.getpid(), 9)
if segment == "hangs": print(subprocess.Popen(["sleep", os.environ["CSW_TEST_SLEEP"]]).pid); time.sleep(987654)
"""
UNITS = ["smb", "../x", "raises", "leaves", "dies", "hangs"]
SECRET = "hunter2-very-secret"
# Long, and of this process alone: other test runs may go on beside it.
SLEEP = str(900_000_000 + os.getpid())


def processes(words: str) -> list[str]:
    """Command lines that hold these words."""
    return [command for command, _ in _processes() if words in command and "pytest" not in command]


def children() -> list[str]:
    """Command lines of what this process started."""
    return [command for command, parent in _processes() if parent == os.getpid()]


def _processes() -> Iterator[tuple[str, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            parent = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
        yield command, parent


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    folder = tmp_path_factory.mktemp("faulty")
    os.environ |= {"CSW_TEST_TOKEN": SECRET, "CSW_TEST_SLEEP": SLEEP}
    try:
        template = write_template(folder / "segment.ipynb", FAULTS, GOOD)
        return run(template, folder / "out", UNITS, Options(jobs=3, limits=Limits(cell_seconds=3), retries=0))
    finally:
        del os.environ["CSW_TEST_TOKEN"], os.environ["CSW_TEST_SLEEP"]


def outcomes(summary: Summary) -> dict[str, str]:
    return {result.pack.unit or "": result.outcome for result in summary.results}


def test_each_fault_has_its_outcome_and_the_other_packs_come_out(faulty: Summary) -> None:
    assert outcomes(faulty) == {
        "smb": "succeeded",
        "../x": "succeeded",
        "raises": "cell_error",
        "leaves": "cell_error",
        "dies": "kernel_died",
        "hangs": "timeout",
    }
    assert not faulty.is_good


def test_only_packs_that_came_out_are_published(faulty: Summary) -> None:
    names = {path.name for path in faulty.output.glob("*.html")}
    good = {result.file for result in faulty.results if result.outcome == "succeeded"}
    assert names == {*good, "index.html"}


def test_the_ledger_tells_the_same_as_the_results(faulty: Summary) -> None:
    told = {status.unit: status.outcome for status in pack_statuses(faulty.output)}
    assert told == outcomes(faulty)
    events = [event["event"] for event in read_ledger(faulty.output)]
    assert (events[0], events[-1]) == ("run_started", "run_finished")
    assert (events.count("planned"), events.count("started"), events.count("finished")) == (6, 6, 6)


def test_a_failed_cell_is_named_by_its_place_in_the_template(faulty: Summary) -> None:
    (failed,) = (result for result in faulty.results if result.pack.unit == "raises")
    assert failed.cell == 2


def test_reasons_hold_no_secret_and_no_escape_sequence(faulty: Summary) -> None:
    (failed,) = (result for result in faulty.results if result.pack.unit == "raises")
    assert failed.reason == "ValueError: token=*** <b>bold</b> red"
    written = [path for path in faulty.output.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in path.read_bytes() for path in written)


def test_the_index_lists_every_pack_with_its_reason_escaped(faulty: Summary) -> None:
    index = (faulty.output / "index.html").read_text("utf-8")
    assert "&lt;b&gt;bold&lt;/b&gt;" in index
    assert "<b>bold</b>" not in index
    assert "2 of 6 packs ready · 4 not ready" in index
    assert all(f"<bdi>{unit}</bdi>" in index for unit in UNITS)


def test_nothing_is_left_running_and_nothing_in_the_working_directory(faulty: Summary) -> None:
    assert processes(f"sleep {SLEEP}") == []
    assert [command for command in children() if "ipykernel" in command] == []
    hidden = [path.name for path in (faulty.output / FOLDER).iterdir()]
    assert sorted(hidden) == ["ledger.jsonl", "lock", "marts.json", "measures"]


def test_an_older_good_pack_stays_as_it_was_when_the_new_one_fails(tmp_path: Path) -> None:
    template = write_template(tmp_path / "segment.ipynb", GOOD)
    assert run(template, tmp_path / "out", ["smb"]).is_good
    (pack,) = (tmp_path / "out").glob("segment-*.html")
    before = pack.read_bytes()
    write_template(template, GOOD, "1 / 0")
    assert not run(template, tmp_path / "out", ["smb"]).is_good
    assert pack.read_bytes() == before
    (status,) = pack_statuses(tmp_path / "out")
    assert (status.outcome, status.file) == ("cell_error", pack.name)
    assert f'href="{pack.name}"' in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_the_same_run_again_gives_the_same_bytes(tmp_path: Path) -> None:
    template = write_template(tmp_path / "segment.ipynb", GOOD)
    first = run(template, tmp_path / "one", ["smb"]).results[0].sha256
    assert first == run(template, tmp_path / "two", ["smb"]).results[0].sha256 != None  # noqa: E711


def test_packs_that_run_at_once_have_their_own_working_directory(tmp_path: Path) -> None:
    here = Path.cwd()
    show = SHOW + "import os\nfrom pathlib import Path\nPath('figure.png').write_text(segment)\n"
    later = "import time; time.sleep(.5)\ndisplay(HTML(f'<p>{Path(\"figure.png\").read_text()} {os.getcwd()}</p>'))"
    template = write_template(tmp_path / "segment.ipynb", show, later)
    summary = run(template, tmp_path / "out", ["one", "two"])
    pages = {result.pack.unit: (tmp_path / "out" / str(result.file)).read_text("utf-8") for result in summary.results}
    assert "<p>one /" in pages["one"]
    assert "<p>two /" in pages["two"]
    assert Path.cwd() == here
    assert not (here / "figure.png").exists()


def test_a_kernel_is_this_python_and_no_start_up_file_of_the_user_is_read(tmp_path: Path) -> None:
    show = (
        SHOW + 'import sys\ndisplay(HTML(f\'<p>{sys.executable} {"PYTHONSTARTUP" in __import__("os").environ}</p>\'))'
    )
    template = write_template(tmp_path / "segment.ipynb", show)
    os.environ["PYTHONSTARTUP"] = "/nowhere.py"
    try:
        result = run(template, tmp_path / "out", ["smb"]).results[0]
    finally:
        del os.environ["PYTHONSTARTUP"]
    assert f"<p>{sys.executable} False</p>" in (tmp_path / "out" / str(result.file)).read_text("utf-8")


def test_outputs_saved_in_a_template_never_reach_a_pack(tmp_path: Path) -> None:
    import json

    template = write_template(tmp_path / "segment.ipynb", "1 + 1")
    stale = json.loads(template.read_text("utf-8"))
    output = {"output_type": "display_data", "data": {"text/html": "<p>STALE</p>"}, "metadata": {}}
    stale["cells"][1]["outputs"] = [output]
    stale["cells"].append({**stale["cells"][1], "id": "x", "source": ""})
    template.write_text(json.dumps(stale), encoding="utf-8")
    result = run(template, tmp_path / "out", ["smb"]).results[0]
    assert "STALE" not in (tmp_path / "out" / str(result.file)).read_text("utf-8")


def test_a_second_run_on_the_same_output_is_refused(tmp_path: Path) -> None:
    from csworkbench.report.files import only_writer

    template = write_template(tmp_path / "segment.ipynb", GOOD)
    with (
        only_writer(tmp_path / "out", tmp_path / "out" / FOLDER),
        pytest.raises(CsworkbenchError, match="another run"),
    ):
        run(template, tmp_path / "out", ["smb"])
    assert not (tmp_path / "out" / FOLDER / FILE).exists()


def test_a_cancelled_run_ends_its_kernels_and_says_so(tmp_path: Path) -> None:
    template = write_template(tmp_path / "segment.ipynb", "import time\ntime.sleep(876543)")
    page = Page("t", "en", "Acme", "2026Q3", "2026-09-30")
    tasks = [PackTask(pack, page, Limits()) for pack in packs_of(template, ["one", "two", "three"])]
    leashes = Leashes()
    threading.Timer(2.0, lambda: setattr(leashes, "cancel_requested", True)).start()
    started = time.monotonic()
    results = list(run_packs(tasks, leashes, jobs=2))
    assert [made.outcome for _, made, _ in results] == ["cancelled"] * 3
    assert time.monotonic() - started < 15


# It ends with the tests also when they are killed, and warms nothing that its packs do not use.
RUNNER = """
import sys
sys.path[:0] = [{tests!r}, {root!r}]
from pathlib import Path
from csworkbench.report import kernels
if sys.platform.startswith("linux"):
    from csworkbench.report.fork.linux import PR_SET_PDEATHSIG, prctl
    prctl(PR_SET_PDEATHSIG, 9)
kernels.PRELOAD = ()
from workbench import run
summary = run(Path(sys.argv[1]), Path(sys.argv[2]), ["smb", "hangs"])
sys.exit(130 if summary.interrupted else 0)
"""


def test_a_pack_has_a_limit_for_all_its_cells_together(tmp_path: Path) -> None:
    template = write_template(tmp_path / "segment.ipynb", *["import time; time.sleep(.4)"] * 12)
    summary = run(template, tmp_path / "out", ["smb"], Options(limits=Limits(pack_seconds=3), retries=0))
    assert [(r.outcome, r.reason) for r in summary.results] == [("timeout", "the pack took longer than 3 seconds")]
    assert summary.results[0].seconds < 10


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_end_the_run_and_leave_no_process(tmp_path: Path, number: signal.Signals) -> None:
    template = write_template(
        tmp_path / "segment.ipynb", "import time\nif segment == 'hangs': time.sleep(765432)", GOOD
    )
    script = tmp_path / "runner.py"
    root = Path(__file__).parents[2]
    script.write_text(RUNNER.format(tests=str(Path(__file__).parent), root=str(root)), encoding="utf-8")
    with subprocess.Popen([sys.executable, str(script), str(template), str(tmp_path / "out")]) as runner:
        try:
            until(lambda: any(status.outcome == "succeeded" for status in pack_statuses(tmp_path / "out")))
            runner.send_signal(number)
            assert runner.wait(timeout=60) == 130
        finally:
            runner.kill()
    assert {s.unit: s.outcome for s in pack_statuses(tmp_path / "out")} == {"smb": "succeeded", "hangs": "cancelled"}
    assert (tmp_path / "out" / "index.html").is_file()


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.1)


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from csworkbench.report.files import write_atomically

    target = tmp_path / "pack.html"
    write_atomically(target, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["pack.html"]
