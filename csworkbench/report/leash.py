"""The leashes on which kernels hang, so that nothing they started outlives their pack or a cancelled run."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen, TimeoutExpired

from .fork.process import ForkedProcess

END_SECONDS = 5.0


@dataclass(eq=False)
class Leash:
    """Ends the kernel of one pack, at once or as soon as it has started. pulled: the outcome that it was ended for."""

    pulled: str | None = None
    _kernel: ForkedProcess | Popen[bytes] | None = None
    _folder: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, kernel: ForkedProcess | Popen[bytes] | None, folder: Path) -> None:
        """Take a kernel that has just started. folder: its own temporary one, by which what it starts is known."""
        with self._lock:
            self._kernel, self._folder = kernel, folder
            if self.pulled:
                self._kill()

    def pull(self, outcome: str) -> None:
        """End the kernel; the first outcome stays."""
        with self._lock:
            self.pulled = self.pulled or outcome
            self._kill()

    def release(self) -> int | None:
        """End the kernel and what it left running, and let go; its exit code, negative for a signal."""
        with self._lock:
            self._kill()
            kernel, self._kernel = self._kernel, None
        if kernel is None or self._folder is None:
            return None
        with suppress(TimeoutExpired):
            kernel.wait(END_SECONDS)
        if not (isinstance(kernel, ForkedProcess) and kernel.is_swept):
            end_processes_of(self._folder)
        return kernel.returncode

    def _kill(self) -> None:
        if isinstance(self._kernel, ForkedProcess):
            self._kernel.kill()
        elif self._kernel is not None:
            _kill_group(self._kernel)


def _kill_group(kernel: Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(kernel.pid, signal.SIGKILL)
    else:
        kernel.kill()


def end_processes_of(folder: Path) -> None:
    """Kill every process that was started with that folder as its temporary one, where /proc tells."""
    for pid in _processes_of(folder):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _processes_of(folder: Path) -> Iterator[int]:
    mark = f"TMPDIR={folder}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in environment.read_bytes().split(b"\0"):
                yield int(environment.parent.name)


@dataclass
class Leashes:
    """The kernels of a run that are alive, so that a cancelled run ends all of them."""

    cancel_requested: bool = False
    cancelled: bool = False
    _held: set[Leash] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, leash: Leash) -> None:
        """Hold one more; it is pulled at once when the run is already cancelled."""
        with self._lock:
            self._held.add(leash)
            cancelled = self.cancelled
        if cancelled:
            leash.pull("cancelled")

    def remove(self, leash: Leash) -> None:
        """Let one go."""
        with self._lock:
            self._held.discard(leash)

    def cancel(self) -> None:
        """End every kernel of the run, and those that still start."""
        with self._lock:
            self.cancelled = True
            held = list(self._held)
        for leash in held:
            leash.pull("cancelled")
