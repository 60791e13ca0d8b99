"""What a command costs with all that it starts: seconds, CPU of every descendant, peak memory."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
LEFT_SECONDS = 15.0
SAMPLE_SECONDS = 0.2


@dataclass
class Cost:
    """wall, cpu: seconds. peak: process kind → MiB (proportional set size) when all together were highest.

    template_alone: MiB of the process that kernels are forked from, before it shares its pages with any.
    """

    wall: float
    cpu: float
    exit_code: int
    left_behind: int = 0
    peak: dict[str, float] = field(default_factory=dict)
    template_alone: float = 0.0


def adopt_orphans() -> None:
    """Let processes that lose their parent become children of this one, so that their CPU is counted when they end."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1)


def cost(command: Sequence[str], memory: bool = False, **options: object) -> Cost:
    """Run the command to its end, and until everything that it started has ended; this process has no other child."""
    watch = _Memory() if memory else None
    before, began = _children_cpu(), time.perf_counter()
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    if watch:
        watch.start()
    exit_code = process.wait()
    wall = time.perf_counter() - began
    left = _reaped()
    if watch:
        watch.done.set()
        watch.join()
    seen = (watch.highest, watch.template_alone) if watch else ({}, 0.0)
    return Cost(wall, _children_cpu() - before, exit_code, left, *seen)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reaped() -> int:
    """Wait for adopted children; how many had to be killed because they stayed."""
    end, killed = time.monotonic() + LEFT_SECONDS, 0
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return killed
        if not pid and time.monotonic() > end:
            for child in descendants(os.getpid()):
                killed += 1
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            end = float("inf")
        if not pid:
            time.sleep(0.02)


def descendants(root: int) -> Iterator[int]:
    """The processes below that one, as /proc shows them now."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            parents[int(stat.parent.name)] = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
    found = {root}
    while new := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= new
    yield from found - {root}


class _Memory(threading.Thread):
    """The highest sum of proportional set sizes of all descendants, and how it was made up."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.highest: dict[str, float] = {}
        self.template_alone = 0.0

    def run(self) -> None:
        while not self.done.wait(SAMPLE_SECONDS):
            now: dict[str, float] = {}
            for pid in descendants(os.getpid()):
                with suppress(OSError, StopIteration, ValueError):
                    kind = _kind(pid)
                    now[kind] = now.get(kind, 0) + _pss_mib(pid)
            self.template_alone = max(self.template_alone, now.get("template", 0.0))
            if sum(now.values()) > sum(self.highest.values()):
                self.highest = now


def _pss_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024


def _kind(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes()
    if b"fork.template" not in words:
        return "runner" if b"csworkbench" in words else "other"
    parent = int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    above = Path(f"/proc/{parent}/cmdline").read_bytes()
    return "kernels" if b"fork.template" in above else "template"
