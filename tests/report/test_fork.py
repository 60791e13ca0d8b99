"""Kernels forked from a template: ordinary kernels that start quickly and leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forked import ARGUMENTS, Kernel, is_running, kernel_in, left_by, manager_in, soon

from csworkbench.report.fork import provisioner, templates
from csworkbench.report.fork.launch import beside, kernel_files
from csworkbench.report.fork.owner import CannotFork
from csworkbench.report.fork.process import ForkedProcess
from csworkbench.report.fork.settings import settings_for

pytestmark = [
    pytest.mark.xdist_group("kernels"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kernels are forked on Linux only"),
]
READY_MS = 150


@pytest.fixture(autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A short private folder: paths of sockets may have 107 characters."""
    monkeypatch.setattr(provisioner, "_said", set())
    return tmp_path_factory.mktemp("f")


@pytest.fixture
def kernel(folder: Path) -> Iterator[Kernel]:
    with kernel_in(folder) as running:
        yield running


def template_of(kernel: Kernel) -> int:
    return int(kernel.said("import os; print(os.getppid())"))


def test_a_kernel_is_a_child_of_the_one_template_of_this_process(folder: Path) -> None:
    with kernel_in(folder, "a") as first, kernel_in(folder, "b") as second:
        assert template_of(first) == template_of(second)
        assert b"template" in Path(f"/proc/{template_of(first)}/cmdline").read_bytes()
        assert first.process.pid != second.process.pid


def test_modules_are_there_before_the_first_cell(folder: Path) -> None:
    with kernel_in(folder, preload=["wave"]) as kernel:
        assert kernel.said("import sys; print('wave' in sys.modules, 'mailbox' in sys.modules)") == "True False"


def test_a_kernel_has_its_own_session_folder_environment_and_arguments(folder: Path) -> None:
    launch = {"env": {**os.environ, "CSW_TEST": "あ=1\n2"}, "cwd": str(folder)}
    with kernel_in(folder, launch=launch) as kernel:
        pid = kernel.process.pid
        asked = "print(os.getpid(), os.getsid(0), os.getpgid(0), os.getcwd(), repr(os.environ['CSW_TEST']))"
        assert kernel.said(f"import os; {asked}") == f"{pid} {pid} {pid} {folder} {'あ=1' + chr(10) + '2'!r}"
        assert kernel.said("import sys; print(sys.argv[1:])") == str(["-f", str(folder / "k.json"), ARGUMENTS[-1]])


def test_a_forked_kernel_finds_itself_where_an_ordinary_one_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = """
import gc, locale, os, resource, signal, sys, threading, time
print(sys.path, sys.argv[0], sys.flags, sys.executable, __name__, sys.modules["__main__"].__dict__ is globals())
print([signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)], oct(os.umask(0o22)))
print(os.getcwd(), locale.getlocale(), time.tzname, sorted(os.environ.keys()), resource.getrlimit(resource.RLIMIT_DATA))
print(sys.stdin.read(), os.readlink("/proc/self/fd/0").startswith("pipe"), threading.main_thread().name, gc.isenabled())
print(sorted(thread.name.split(" ")[-1] for thread in threading.enumerate() if not thread.name.startswith("Thread-")))
"""
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    with kernel_in(folder, launch={"stdin": subprocess.DEVNULL}) as kernel:
        forked = kernel.said(asked)
    monkeypatch.setattr(provisioner, "platform", "darwin")
    with kernel_in(folder, launch={"stdin": subprocess.DEVNULL}) as kernel:
        assert kernel.said(asked) == forked


OPEN_FILES = """
import os
for number in os.listdir("/proc/self/fd"):
    if os.path.islink(f"/proc/self/fd/{number}"):
        print(os.readlink(f"/proc/self/fd/{number}"))
"""


def test_a_kernel_has_no_open_file_of_the_owner_or_the_template(folder: Path) -> None:
    secret = folder / "secret"
    with secret.open("w"), kernel_in(folder) as kernel:
        said = kernel.said(OPEN_FILES)
        assert "secret" not in said
        assert "pidfd" not in said


def test_a_file_that_a_module_keeps_open_stays_open_in_a_kernel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(folder))
    (folder / "holds_of_test.py").write_text("FILE = open(__file__)\n")
    with kernel_in(folder, preload=["holds_of_test"]) as kernel:
        assert kernel.said("import holds_of_test; print(holds_of_test.FILE.read())") == "FILE = open(__file__)"


def test_an_interrupted_cell_ends_and_the_kernel_goes_on(kernel: Kernel) -> None:
    kernel.client.execute("import time; time.sleep(600)")
    time.sleep(0.5)
    kernel.manager.interrupt_kernel()
    while (reply := kernel.client.get_shell_msg(timeout=20))["msg_type"] != "execute_reply":
        continue
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.said("print(1 + 1)") == "2"


def test_a_restarted_kernel_is_another_process_with_empty_names(kernel: Kernel) -> None:
    before = kernel.process.pid
    kernel.said("a = 1")
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=60)
    assert kernel.process.pid != before
    assert kernel.said("a") == "NameError"


def test_a_kernel_that_is_shut_down_politely_ends_by_itself(folder: Path) -> None:
    with kernel_in(folder) as kernel:
        process = kernel.process
        kernel.said("import atexit, pathlib; atexit.register(pathlib.Path('ended').touch)")
        # Not by shutdown_kernel, whose interrupt may hit the end of the cell before the kernel is back in its loop.
        kernel.manager.request_shutdown()
        assert process.wait(40) == 0
    assert (folder / "ended").exists()


def test_the_thread_that_passes_messages_on_outlives_the_control_thread_that_would_wait_for_it(folder: Path) -> None:
    late = """
import pathlib, time
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
say, stop = app.kernel._publish_status, app.iopub_thread.stop
app.kernel._publish_status = lambda *a, say=say, sleep=time.sleep, **k: (sleep(0.5), say(*a, **k))
def stopped(app=app, stop=stop, mark=pathlib.Path("alive")):
    mark.write_text(str(app.control_thread.is_alive()))
    stop()
app.iopub_thread.stop = stopped
"""
    with kernel_in(folder) as kernel:
        process = kernel.process
        kernel.said(late)
        kernel.manager.request_shutdown()
        assert process.wait(40) == 0
    assert (folder / "alive").read_text() == "False"


@pytest.mark.parametrize(
    ("code", "expected"), [("os._exit(7)", 7), ("os.kill(os.getpid(), 9)", -9), ("os.abort()", -6)]
)
def test_a_kernel_that_ends_is_no_longer_alive_and_tells_its_exit_code(folder: Path, code: str, expected: int) -> None:
    with kernel_in(folder) as kernel:
        process = kernel.process
        assert process.poll() is None
        kernel.client.execute(f"import os; {code}")
        assert process.wait(10) == expected
        assert not kernel.manager.is_alive()
        with pytest.raises(subprocess.TimeoutExpired):
            ForkedProcess(os.getpid(), os.pidfd_open(os.getpid())).wait(0.01)


def test_what_a_kernel_started_ends_with_it_in_whatever_session(folder: Path) -> None:
    with kernel_in(folder) as kernel:
        process = kernel.process
        kernel.said("import subprocess, os")
        own = kernel.said("print(subprocess.Popen(['sleep', '3600']).pid)")
        other = kernel.said("print(subprocess.Popen(['sleep', '3600'], start_new_session=True).pid)")
        daemon = kernel.said(
            "print(subprocess.check_output('setsid sleep 3600 >/dev/null 2>&1 & echo $!', shell=True))"
        )
        forked = kernel.said("pid = os.fork()\nif pid == 0: os.setsid(); import time; time.sleep(3600)\nprint(pid)")
        pids = [int(own), int(other), int(daemon.strip("b'\\n")), int(forked.split()[0])]
        assert all(map(is_running, pids))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        assert not any(map(is_running, pids))


def test_the_template_stays_single_threaded(kernel: Kernel) -> None:
    tasks = Path(f"/proc/{template_of(kernel)}/task")
    names = {(task / "comm").read_text().strip() for task in tasks.iterdir()} - {"jemalloc_bg_thd"}
    assert len(names) == 1


def test_a_killed_template_takes_its_kernels_with_it_and_the_next_kernel_has_a_new_one(folder: Path) -> None:
    with kernel_in(folder, "a") as first:
        process, template = first.process, template_of(first)
        os.kill(template, signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
        assert soon(lambda: not is_running(process.pid))
        with kernel_in(folder, "b") as second:
            assert template_of(second) != template


def test_changed_code_of_a_loaded_module_means_a_new_template(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(folder))
    module = folder / "mine_of_test.py"
    module.write_text("VALUE = 1\n")
    with kernel_in(folder, "a", preload=["mine_of_test"]) as first:
        assert first.said("import mine_of_test; print(mine_of_test.VALUE)") == "1"
        module.write_text("VALUE = 22\n")
        time.sleep(1.1)
        with kernel_in(folder, "b", preload=["mine_of_test"]) as second:
            assert second.said("import mine_of_test; print(mine_of_test.VALUE)") == "22"
            old = template_of(first)
            assert template_of(second) != old
            assert first.said("print(mine_of_test.VALUE)") == "1"
    assert soon(lambda: not is_running(old))


def test_a_template_without_kernels_stays_for_the_next(folder: Path) -> None:
    with kernel_in(folder, "a") as first:
        template = template_of(first)
    with kernel_in(folder, "b") as second:
        assert template_of(second) == template


def fallback(folder: Path, caplog: pytest.LogCaptureFixture, **settings: Any) -> str:
    """What is said when two kernels are not forked."""
    launch = settings.pop("launch", {})
    with caplog.at_level(logging.WARNING):
        for name in ("a", "b"):
            manager = manager_in(folder, name, **settings)
            manager.start_kernel(**launch)
            client = manager.client()
            client.start_channels()
            try:
                client.wait_for_ready(timeout=60)
                assert isinstance(manager.provisioner.process, subprocess.Popen)  # type: ignore[union-attr]
            finally:
                client.stop_channels()
                manager.shutdown_kernel(now=True)
    (said,) = (record.getMessage() for record in caplog.records if "not forked" in record.getMessage())
    return said


def test_off_linux_kernels_are_ordinary_ones_and_it_is_said_once(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioner, "platform", "darwin")
    said = "Kernels are not forked but started one by one, which is slower: kernels are forked on Linux only."
    assert fallback(folder, caplog) == said


def test_a_module_that_cannot_be_loaded_is_named_and_kernels_are_ordinary_ones(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = fallback(folder, caplog, preload=["no_such_module"])
    assert "no_such_module cannot be loaded: ModuleNotFoundError" in said


def test_a_template_with_threads_does_not_fork(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(folder))
    (folder / "threaded_of_test.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=[3600], daemon=True).start()\n"
    )
    assert "the template has other threads" in fallback(folder, caplog, preload=["threaded_of_test"])


def test_a_template_that_ends_while_it_starts_is_no_reason_not_to_run(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(folder))
    (folder / "ends_of_test.py").write_text("import os\nos._exit(3)\n")
    assert "the template process ended while it was starting" in fallback(folder, caplog, preload=["ends_of_test"])


def test_what_could_not_be_forked_leaves_no_open_file_behind(folder: Path) -> None:
    broken = settings_for((sys.executable,), ("no_such_module",), os.environ)

    async def fail() -> None:
        with kernel_files({}) as (files, _):
            await beside(lambda: templates.fork_kernel(broken, {}, files), undo=ForkedProcess.kill)

    before = left_by()["files"]
    for _ in range(3):
        with pytest.raises(CannotFork):
            asyncio.run(fail())
    assert left_by()["files"] == before


def test_a_kernel_of_another_kind_is_started_as_its_specification_says(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = folder / "launch.py"
    script.write_text("from ipykernel.kernelapp import launch_new_instance\nlaunch_new_instance()\n")
    said = fallback(folder, caplog, argv=[sys.executable, str(script), "-f", "{connection_file}"])
    assert 'only "python -m ipykernel_launcher" can be forked' in said


def test_a_memory_limit_holds_beyond_what_the_template_has(folder: Path) -> None:
    with kernel_in(folder, memory_mib=200) as kernel:
        assert kernel.said("print(len(bytearray(100 << 20)) >> 20)") == "100"
        assert kernel.said("bytearray(300 << 20)") == "MemoryError"
        assert kernel.said("print('goes on')") == "goes on"


def test_a_closed_template_ends_at_once_with_its_kernels(folder: Path) -> None:
    with kernel_in(folder) as kernel:
        process, template = kernel.process, template_of(kernel)
        templates.close_templates()
        assert not is_running(template)
        assert process.wait(5) == -signal.SIGKILL
        assert not is_running(process.pid)


def one_after_another(folder: Path, n_kernels: int) -> list[float]:
    """Milliseconds until each kernel had its sockets."""
    times = []
    for number in range(n_kernels):
        manager = manager_in(folder, f"k{number}")
        started = time.perf_counter()
        manager.start_kernel(cwd=str(folder))
        times.append(1000 * (time.perf_counter() - started))
        manager.shutdown_kernel(now=True)
        manager.context.destroy()
    return times


@pytest.mark.parametrize("n_kernels", [30, pytest.param(1000, marks=pytest.mark.slow)])
def test_many_kernels_in_a_row_leave_nothing_behind(folder: Path, n_kernels: int) -> None:
    with kernel_in(folder) as kernel:
        template = template_of(kernel)
    one_after_another(folder, 3)
    gc.collect()
    before, template_before = left_by(), left_by(template)
    times = one_after_another(folder, n_kernels)
    gc.collect()
    assert soon(lambda: left_by() == before), (left_by(), before)
    assert left_by(template) == template_before
    assert list(folder.iterdir()) == []
    print(f"median {statistics.median(times):.0f} ms")
