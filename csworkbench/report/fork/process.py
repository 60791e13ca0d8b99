"""A forked kernel as the owner sees it, with the methods of subprocess.Popen that jupyter_client uses."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any


class ForkedProcess:
    """A child of the template. ended: the facts of its end (those of reaper.Ended), once there are.

    boot_cpu_seconds: processor time from the fork until its sockets were bound.
    """

    stdin = stdout = stderr = None
    boot_cpu_seconds = 0.0

    def __init__(self, pid: int, pidfd: int) -> None:
        self.pid = pid
        self.ended: Future[Mapping[str, Any]] = Future()
        self._pidfd = pidfd

    def __del__(self) -> None:
        os.close(self._pidfd)

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None until the kernel and all that it started are gone."""
        return int(self.ended.result()["exit_code"]) if self.ended.done() else None

    @property
    def is_swept(self) -> bool:
        """Whether it has ended, and the template has ended all that it started."""
        return self.ended.done() and bool(self.ended.result()["is_swept"])

    def poll(self) -> int | None:
        """As `returncode`."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; subprocess.TimeoutExpired when it does not come in time (seconds)."""
        try:
            return int(self.ended.result(timeout)["exit_code"])
        except TimeoutError:
            raise subprocess.TimeoutExpired("kernel", timeout or 0) from None

    def send_signal(self, number: int) -> None:
        """Signal the kernel and its process group; nothing happens when it has ended."""
        if self.ended.done():
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)
            return
        # Before it leads a group of its own. A process descriptor never means another process with the same id.
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    def kill(self) -> None:
        """SIGKILL; the template then ends what is left of its descendants."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)
