"""The few calls of Linux that Python does not wrap, and what /proc tells about processes."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
FORK_SAFE_THREADS = frozenset({"jemalloc_bg_thd"})


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process; OSError when the system refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def other_threads() -> list[str]:
    """Names of the threads of this process beside the calling one that make a fork unsafe.

    The background thread of jemalloc (pyarrow has one) is left out: jemalloc stops and forgets it around a fork by
    handlers of its own (pthread_atfork, background_thread.c).
    """
    own = str(os.getpid())
    tasks = (task for task in Path("/proc/self/task").iterdir() if task.name != own)
    names = [(task / "comm").read_text().strip() for task in tasks]
    return [name for name in names if name not in FORK_SAFE_THREADS]


def children() -> set[int]:
    """Process ids of the children of this process, ended ones included."""
    own = os.getpid()
    listed = Path(f"/proc/self/task/{own}/children")
    if listed.exists():
        return {int(pid) for pid in listed.read_text().split()}
    return {int(process.name) for process in Path("/proc").glob("[0-9]*") if _parent(process) == own}


def _parent(process: Path) -> int | None:
    try:
        # The name of a program, in brackets, may hold spaces and brackets.
        return int((process / "stat").read_bytes().rpartition(b")")[2].split()[1])
    except OSError:
        return None


def data_bytes() -> int:
    """Bytes of private data that this process has mapped: what RLIMIT_DATA counts."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no VmData")


def umask() -> int:
    """The mask of this process for new files, read without changing it even for a moment."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("Umask:"):
            return int(line.split()[1], 8)
    raise OSError("/proc/self/status has no Umask")
