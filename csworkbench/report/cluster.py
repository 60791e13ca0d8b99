"""Packs made on an existing Dask cluster: inputs are shipped, the finished HTML comes back.

Needs the extra `cluster` (distributed). Encryption and certificates are those of Dask's own configuration
(distributed.comm.tls). A worker needs the same version of csworkbench and of Python, and no shared disk.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import CsworkbenchError
from .execute import Failure
from .leash import Leashes
from .shipping import Held, packed
from .worker import Work, on_worker, versions

CONNECT_SECONDS = 10
ALONE_SECONDS = 60.0
POLL_SECONDS = 0.2


@dataclass
class Cluster:
    """Sends packs to the workers of a cluster. slots: packs at a time, the threads of all workers at the start."""

    client: Any
    slots: int
    _sent: dict[str, Any] = field(default_factory=dict)
    _sending: threading.Lock = field(default_factory=threading.Lock)
    _one_suspect: threading.Lock = field(default_factory=threading.Lock)

    def make(self, work: Work, task: Any, name: str, folders: Sequence[str], leashes: Leashes) -> Any:
        """What `work(task, leashes, paths)` returns on a worker; Failure when none could finish it.

        work: an importable function. folders: those that the task reads; `paths` says where each lies on the worker.
        A pack whose workers died is tried once more, no other suspect beside it, since another pack of the same worker
        may have been the culprit.
        """
        from distributed import KilledWorker

        try:
            return self._made(work, task, name, folders, leashes)
        except KilledWorker:
            with self._one_suspect, suppress(KilledWorker):
                return self._made(work, task, name, folders, leashes)
        raise Failure("kernel_died", "every worker that tried this pack died")

    def _made(self, work: Work, task: Any, name: str, folders: Sequence[str], leashes: Leashes) -> Any:
        shipped = {folder: self._shipped(folder) for folder in folders}
        key = f"{name}-{os.urandom(8).hex()}"
        future = self.client.submit(on_worker, work, task, shipped, key=key, pure=False)
        try:
            self._wait(future, leashes)
            return _result(future)
        finally:
            with suppress(Exception):
                future.cancel(force=True)

    def _shipped(self, folder: str) -> Any:
        """The folder as a task of the cluster, so that it is there again when the worker that holds it is lost."""
        with self._sending:
            if folder not in self._sent:
                held = Held(packed(Path(folder)))
                self._sent[folder] = self.client.submit(held, key=f"csworkbench-{held.sha256}")
            return self._sent[folder]

    def _wait(self, future: Any, leashes: Leashes) -> None:
        from distributed import wait

        seen = time.monotonic()
        while not future.done():
            with suppress(TimeoutError):
                wait(future, timeout=POLL_SECONDS)
            if leashes.cancelled or leashes.cancel_requested:
                raise Failure("cancelled", "the run was cancelled")
            if self.client.scheduler_info(n_workers=0).get("n_workers"):
                seen = time.monotonic()
            elif time.monotonic() - seen > ALONE_SECONDS:
                raise Failure("kernel_died", f"the cluster had no worker for {ALONE_SECONDS:g} seconds")


def _result(future: Any) -> Any:
    from concurrent.futures import CancelledError

    try:
        made, failed = future.result()
    except CancelledError as error:
        raise Failure("kernel_died", f"the cluster gave the pack up: {error}") from None
    if failed:
        raise Failure(*failed)
    return made


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler listens at that address, such as tcp://10.0.0.7:8786, until the block ends.

    Raises CsworkbenchError when it cannot be reached, has no worker, or runs other versions.
    """
    client = _connected(address)
    try:
        slots = _checked(client, address)
        yield Cluster(client, slots)
    finally:
        client.close()


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise CsworkbenchError("--cluster needs Dask. Install it: pip install 'csworkbench[cluster]'") from None
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        said = f"no Dask scheduler answered at {address} in {CONNECT_SECONDS} seconds ({_first_line(error)})"
        raise CsworkbenchError(f"{said}. Give its address as tcp://HOST:8786, or leave --cluster out.") from None


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _checked(client: Any, address: str) -> int:
    """The threads of all workers; refused when there is none, or when one could make other packs than this run."""
    slots = int(client.scheduler_info(n_workers=0).get("total_threads", 0))
    if not slots:
        raise CsworkbenchError(f"the cluster at {address} has no worker. Start one: dask worker {address}")
    others = [f"  {worker}: {said}" for worker, found in _found(client).items() if (said := _difference(found))]
    if others:
        said = f"workers of the cluster at {address} differ from this run ({_told(versions())})"
        raise CsworkbenchError("\n".join([f"{said}. Install the same on all of them.", *sorted(others)]))
    return slots


def _found(client: Any) -> dict[str, Any]:
    return dict(client.run(versions, on_error="return"))


def _difference(found: Any) -> str:
    if isinstance(found, BaseException):
        return f"csworkbench cannot be used there ({_first_line(found)})"
    return "" if tuple(found) == versions() else _told(found)


def _told(found: tuple[str, str]) -> str:
    return f"csworkbench {found[0]}, Python {found[1]}"
