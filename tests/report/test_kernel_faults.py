"""What cells can do to a kernel, and what becomes of it: the right outcome, and nothing that goes on running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from forked import is_running, soon
from packs_at_work import failure_of, pack_of, printed
from places import ROOT

from csworkbench.report import execute as execute_module
from csworkbench.report.execute import Failure, execute
from csworkbench.report.fork import provisioner, templates
from csworkbench.report.leash import Leashes
from csworkbench.report.limits import Limits

pytestmark = [
    pytest.mark.xdist_group("kernels"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kernels are forked on Linux only"),
]
HOLD_THE_GIL = "import itertools; sum(itertools.repeat(0, 10**15))"
QUICK = Limits(cell_seconds=2)


@pytest.fixture(autouse=True)
def private(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which all private folders of packs lie, known to this test alone."""
    folder = tmp_path_factory.mktemp("t")
    monkeypatch.setattr(execute_module.tempfile, "tempdir", str(folder))
    monkeypatch.setattr("csworkbench.report.kernels.PRELOAD", ("wave",))
    monkeypatch.setenv("CSW_TEST_FOLDER", str(folder))
    return folder


def tell_pids(*more: str) -> str:
    """A cell that writes the process ids of its kernel, of its template and of sleepers into the test's folder."""
    own = "import os, pathlib, subprocess\nout = pathlib.Path(os.environ['CSW_TEST_FOLDER'])\n"
    said = "(out / f'pids-{os.getpid()}.part').write_text(' '.join(map(str, [os.getpid(), *pids])))\n"
    done = "(out / f'pids-{os.getpid()}.part').rename(out / f'pids-{os.getpid()}')"
    return "\n".join([own + "pids = [os.getppid()]", *more, said + done])


SLEEPER = "pids.append(subprocess.Popen(['sleep', '3600'], start_new_session=True).pid)"
DAEMON_SLEEPER = "pids.append(int(subprocess.check_output('setsid sleep 3600 >/dev/null 2>&1 & echo $!', shell=True)))"
FORKED_SLEEPER = """
pid = os.fork()
if pid == 0:
    os.setsid()
    import time
    time.sleep(3600)
pids.append(pid)"""
SLEEPERS = (SLEEPER, DAEMON_SLEEPER, FORKED_SLEEPER)


def pids_told(folder: Path, n_kernels: int = 1) -> list[tuple[int, int, list[int]]]:
    """Kernel, template and sleepers of each kernel that has told."""
    assert soon(lambda: sum("." not in path.name for path in folder.glob("pids-*")) >= n_kernels, 60)
    told = [list(map(int, path.read_text().split())) for path in folder.glob("pids-*") if "." not in path.name]
    return [(kernel, template, sleepers) for kernel, template, *sleepers in told]


FAULTS = {
    "raises": ("1 / 0", "cell_error", "ZeroDivisionError: division by zero"),
    "exits": ("exit()", "cell_error", "the notebook was left before its last cell"),
    "leaves at once": ("os._exit(3)", "kernel_died", "the kernel died while a cell ran (exit code 3)"),
    "is killed": ("os.kill(os.getpid(), 9)", "kernel_died", "the kernel died while a cell ran (ended by SIGKILL)"),
    "crashes": ("os.abort()", "kernel_died", "the kernel died while a cell ran (ended by SIGABRT)"),
    "never ends": ("import time; time.sleep(3600)", "timeout", "a cell took longer than 2 seconds"),
    "holds the GIL": (HOLD_THE_GIL, "timeout", "a cell took longer than 2 seconds"),
    "is deaf": (
        "import signal\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
        "timeout",
        "a cell took longer than 2 seconds",
    ),
}


@pytest.mark.parametrize(("fault", "outcome", "reason"), FAULTS.values(), ids=list(FAULTS))
def test_a_fault_has_its_outcome_and_ends_all_that_the_kernel_started(
    private: Path, fault: str, outcome: str, reason: str
) -> None:
    failure = failure_of(tell_pids(*SLEEPERS), f"import os\n{fault}", "1 + 1", limits=QUICK)
    assert (failure.outcome, failure.reason) == (outcome, reason)
    ((kernel, template, sleepers),) = pids_told(private)
    assert len(sleepers) == 3
    assert not any(map(is_running, [kernel, *sleepers]))
    assert is_running(template)
    assert list(private.glob("csw-*")) == []


def test_a_pack_that_comes_out_leaves_nothing_running_either(private: Path) -> None:
    assert printed(tell_pids(*SLEEPERS), "print(segment)") == "y"
    ((kernel, _, sleepers),) = pids_told(private)
    assert not any(map(is_running, [kernel, *sleepers]))


def test_a_pack_that_takes_too_long_in_all_is_ended_in_the_middle_of_a_cell(private: Path) -> None:
    started = time.monotonic()
    failure = failure_of(tell_pids(*SLEEPERS), HOLD_THE_GIL, limits=Limits(pack_seconds=4))
    assert (failure.outcome, failure.reason) == ("timeout", "the pack took longer than 4 seconds")
    assert time.monotonic() - started < 20
    ((kernel, _, sleepers),) = pids_told(private)
    assert not any(map(is_running, [kernel, *sleepers]))


def test_a_cancelled_run_ends_kernels_that_hold_the_gil_and_what_they_started(private: Path) -> None:
    leashes, failures = Leashes(), []

    def make() -> None:
        try:
            execute(pack_of(tell_pids(*SLEEPERS), HOLD_THE_GIL), Limits(), leashes)
        except Failure as failure:
            failures.append(failure.outcome)

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    told = pids_told(private, 2)
    leashes.cancel()
    for thread in threads:
        thread.join(20)
    assert failures == ["cancelled", "cancelled"]
    assert not any(is_running(pid) for kernel, _, sleepers in told for pid in (kernel, *sleepers))


@pytest.mark.parametrize("code", ["bytearray(700 << 20)", "import numpy; numpy.ones(90_000_000)"])
def test_memory_beyond_the_limit_is_named_as_the_reason(code: str) -> None:
    failure = failure_of(code, limits=Limits(memory_mib=300))
    assert failure.outcome == "cell_error"
    assert failure.reason.startswith("the memory limit of 300 MiB was reached: ")
    assert failure.cell == 2


def test_memory_below_the_limit_is_there() -> None:
    assert printed("print(len(bytearray(150 << 20)) >> 20)", limits=Limits(memory_mib=300)) == "150"


def test_a_kernel_that_dies_under_a_memory_limit_is_reported_with_it() -> None:
    failure = failure_of("import os; os.abort()", limits=Limits(memory_mib=300))
    expected = "the kernel died while a cell ran (ended by SIGABRT; it may take 300 MiB of memory)"
    assert (failure.outcome, failure.reason) == ("kernel_died", expected)


def test_after_a_killed_template_the_next_pack_comes_out(private: Path) -> None:
    printed(tell_pids())
    ((_, template, _),) = pids_told(private)
    os.kill(template, signal.SIGKILL)
    assert printed("print(1 + 1)") == "2"


def test_a_template_that_is_killed_under_a_pack_fails_only_that_pack_and_leaves_nothing(private: Path) -> None:
    failures = []
    thread = threading.Thread(
        target=lambda: failures.append(failure_of(tell_pids(SLEEPER, DAEMON_SLEEPER), HOLD_THE_GIL))
    )
    thread.start()
    ((kernel, template, sleepers),) = pids_told(private)
    os.kill(template, signal.SIGKILL)
    thread.join(30)
    assert failures[0].outcome == "kernel_died"
    assert soon(lambda: not any(map(is_running, [kernel, *sleepers])))


def test_without_forking_the_outcomes_are_the_same_and_stragglers_end_too(
    private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioner, "platform", "darwin")
    failure = failure_of(tell_pids(SLEEPER, DAEMON_SLEEPER), "import os; os._exit(3)", limits=QUICK)
    assert failure.reason == "the kernel died while a cell ran (exit code 3)"
    ((kernel, runner, sleepers),) = pids_told(private)
    assert runner == os.getpid()
    assert soon(lambda: not any(map(is_running, [kernel, *sleepers])))


def test_a_template_that_cannot_start_is_no_reason_not_to_make_packs(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioner, "_said", set())
    monkeypatch.setattr("csworkbench.report.kernels.PRELOAD", ("no_such_module",))
    assert [printed("print(segment)"), printed("print(segment)")] == ["y", "y"]
    said = [record.getMessage() for record in caplog.records if "not forked" in record.getMessage()]
    assert len(said) == 1
    assert "no_such_module cannot be loaded" in said[0]


OWNER = """
import sys
sys.path[:0] = {paths!r}
from concurrent.futures import ThreadPoolExecutor
from packs_at_work import failure_of
from csworkbench.report import kernels
kernels.PRELOAD = ("wave",)
with ThreadPoolExecutor(2) as pool:
    list(pool.map(lambda cell: failure_of({tell!r}, cell), [{gil!r}, "import time; time.sleep(3600)"]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["KILL", "TERM"])
def test_when_the_owner_is_killed_template_kernels_and_grandchildren_are_gone_within_two_seconds(
    private: Path, number: int
) -> None:
    paths = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "report")]
    program = OWNER.format(paths=paths, tell=tell_pids(*SLEEPERS), gil=HOLD_THE_GIL)
    owner = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    told = pids_told(private, 2)
    pids = [pid for kernel, template, sleepers in told for pid in (kernel, template, *sleepers)]
    assert len(set(pids)) == 9
    assert all(map(is_running, pids))
    time.sleep(0.3)
    owner.send_signal(number)
    owner.wait(10)
    assert soon(lambda: not any(map(is_running, pids)), 2.0), [pid for pid in pids if is_running(pid)]


def test_an_owner_that_is_killed_while_the_template_starts_leaves_none(private: Path) -> None:
    paths = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "report")]
    program = OWNER.format(paths=paths, tell="1", gil="1")
    owner = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    found: list[int] = []
    assert soon(lambda: bool(found.extend(templates_of(owner.pid)) or found), 60)
    owner.kill()
    owner.wait(10)
    assert soon(lambda: not any(map(is_running, found)), 2.0)


def templates_of(owner: int) -> list[int]:
    """Process ids of the templates that a process has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"fork.template" in words and str(owner).encode() in words:
            found.append(int(folder.name))
    return found


def test_templates_of_this_test_end_when_they_are_closed() -> None:
    printed("print(1)")
    (*_, template) = templates_of(os.getpid())
    templates.close_templates()
    assert not is_running(template)
