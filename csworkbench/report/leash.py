"""The leashes on which kernels hang, so that nothing they started outlives their pack or a cancelled run."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass(eq=False)
class Leash:
    """Ends the kernel of one pack, at once or as soon as it has started. pulled: the outcome that it was ended for."""

    pulled: str | None = None
    _group: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, group: int | None) -> None:
        """Take the process group of a kernel that has just started."""
        with self._lock:
            self._group = group
            if self.pulled:
                self._kill()

    def pull(self, outcome: str) -> None:
        """End the kernel; the first outcome stays."""
        with self._lock:
            self.pulled = self.pulled or outcome
            self._kill()

    def release(self) -> None:
        """End what the kernel left running, and let go."""
        with self._lock:
            self._kill()
            self._group = None

    def _kill(self) -> None:
        if self._group is not None and hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)


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
