"""What a fork of the template does to become an ordinary kernel of its own."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .linux import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, data_bytes, prctl
from .wire import Message

MIB = 1024 * 1024
READY = 3


@dataclass(frozen=True)
class Birth:
    """A request to become a kernel. message: arguments, env, cwd, memory_mib. files: standard three, ready pipe.

    set_by_modules: variables of the environment that loading them has set.
    """

    message: Message
    files: list[int]
    set_by_modules: dict[str, str]


def become_kernel(birth: Birth, template_pid: int) -> None:
    """Turn this fresh fork into an IPython kernel and run it until it is shut down."""
    started = time.process_time()
    _leave_template(birth.files, template_pid)
    _enter_surroundings(birth.message, birth.set_by_modules)
    app = _kernel_app(birth.message["arguments"], template_pid)
    with os.fdopen(READY, "w") as pipe:
        json.dump({"boot_cpu_seconds": time.process_time() - started}, pipe)
    app.start()
    _end_control(app)


def _end_control(app: Any) -> None:
    """Let the control thread say its last before the sockets are closed.

    ipykernel 7.4 closes the thread that passes messages on first; a control thread that is still saying that it is idle
    would wait for it forever, and the kernel with it.
    """
    if app.control_thread is not None and app.control_thread.is_alive():
        app.control_thread.stop()
        app.control_thread.join()


def _leave_template(files: list[int], template_pid: int) -> None:
    os.setsid()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    if os.getppid() != template_pid:
        os._exit(1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for place, file in enumerate(files):
        os.dup2(file, place, inheritable=place != READY)
    for number in [int(file.name) for file in Path("/proc/self/fd").iterdir()]:
        if number > READY and (number in files or not _is_of_a_module(number)):
            with suppress(OSError):
                # The listing itself was open while it listed.
                os.close(number)


def _is_of_a_module(number: int) -> bool:
    """Whether it is a file or device, opened by a module that was loaded; its owner might use or close it later."""
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISCHR(mode)


def _enter_surroundings(message: Message, set_by_modules: dict[str, str]) -> None:
    os.environ.clear()
    os.environ |= {**set_by_modules, **message["env"], "JPY_PARENT_PID": str(os.getppid())}
    os.chdir(message["cwd"])
    os.umask(message["umask"])
    time.tzset()
    tempfile.tempdir = None
    sys.argv = [str(sys.modules["ipykernel_launcher"].__file__), *message["arguments"]]
    if message["memory_mib"]:
        limit = data_bytes() + int(message["memory_mib"] * MIB)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    # The generator of the standard library reseeds itself in a fork.
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _kernel_app(arguments: list[str], template_pid: int) -> Any:
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.clear_instance()
    app = IPKernelApp.instance(parent_handle=template_pid)
    app.initialize(arguments)  # type: ignore[no-untyped-call]
    # Otherwise a record of each message is made, for a handler that drops it.
    app.log.setLevel(max(app.log_level, app.log.level))
    return app
