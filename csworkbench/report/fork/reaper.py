"""The kernels of a template: who is alive, and a clean end of one together with all that it started."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field

from .linux import children

LONGEST_END_SECONDS = 5.0


@dataclass(frozen=True)
class Ended:
    """A kernel that has ended. exit_code: as subprocess has it, negative for a signal. peak_mib: of its memory.

    is_swept: whether all that it started has been ended too.
    """

    pid: int
    exit_code: int
    cpu_seconds: float
    peak_mib: float
    is_swept: bool = True


@dataclass
class Reaper:
    """Kernels alive by the pidfd that tells of their end.

    Kernels and template are subreapers: whatever a kernel starts, in whatever session, stays among its descendants
    while it lives, and becomes a child of the template when it ends.
    """

    pids: dict[int, int] = field(default_factory=dict)

    def add(self, pid: int) -> int:
        """Take care of a kernel; its pidfd."""
        pidfd = os.pidfd_open(pid)
        self.pids[pidfd] = pid
        return pidfd

    def end(self, pidfd: int) -> Ended:
        """Take leave of a kernel that has ended, after ending all that it left behind."""
        pid = self.pids.pop(pidfd)
        os.close(pidfd)
        # Until the kernel itself is waited for, nobody else can get its process id.
        self._end_strays(keep={pid, *self.pids.values()})
        _, status, usage = os.wait4(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        return Ended(pid, code, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def end_all(self) -> None:
        """Kill every kernel and all that they started."""
        self.pids.clear()
        self._end_strays(keep=set())

    def _end_strays(self, keep: set[int]) -> None:
        give_up_at = time.monotonic() + LONGEST_END_SECONDS
        # As one ends its own children become ours, so look again until there is none.
        while (strays := children() - keep) and time.monotonic() < give_up_at:
            for pid in strays:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for pid in strays:
                _wait(pid, give_up_at)


def _wait(pid: int, give_up_at: float) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(pid, os.WNOHANG) == (0, 0) and time.monotonic() < give_up_at:
            time.sleep(0.001)
