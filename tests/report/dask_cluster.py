"""A Dask cluster as a company has one: scheduler and workers in processes of their own, over TCP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from places import ROOT


@dataclass
class Running:
    """A cluster that is up. folder: where its processes keep what is theirs."""

    address: str
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self, n: int = 1, package_home: Path = ROOT, hidden: Path | None = None, threads: int = 1) -> None:
        """Start workers under a nanny. hidden: a folder of the owner that they cannot see, as without a shared disk."""
        own = ["--host", "127.0.0.1", "--nworkers", str(n), "--nthreads", str(threads), "--no-dashboard"]
        command = [*_dask("worker"), self.address, *own, "--local-directory", str(self.folder / "workers")]
        if hidden is not None:
            command = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(hidden), *command]
        self._start(command, package_home)

    def _start(self, command: list[str], package_home: Path = ROOT, **environment: str) -> None:
        own = {**os.environ, "PYTHONPATH": str(package_home), **environment}
        with (self.folder / "log").open("ab") as log:
            started = subprocess.Popen(
                command, env=own, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(started)

    def end(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _dask(part: str) -> list[str]:
    return [sys.executable, "-m", "dask", part]


@contextmanager
def dask_cluster(folder: Path, allowed_failures: int = 3) -> Iterator[Running]:
    """A scheduler without workers."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "scheduler.json"
    running = Running("", folder)
    listen = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
    running._start(
        [*_dask("scheduler"), *listen, "--scheduler-file", str(told)],
        DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=str(allowed_failures),
    )
    try:
        running.address = json.loads(_read_soon(told))["address"]
        yield running
    finally:
        running.end()


def _read_soon(path: Path, seconds: float = 60) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError, ValueError):
            text = path.read_text("utf-8")
            json.loads(text)
            return text
        time.sleep(0.1)
    raise TimeoutError(path)
