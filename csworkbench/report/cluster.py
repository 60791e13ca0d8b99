"""Packs made on an existing Dask cluster: inputs are shipped, the finished HTML comes back.

Needs the extra `cluster` (distributed). Encryption and certificates are those of Dask's own configuration
(distributed.comm.tls). A worker needs the same csworkbench, libraries and Python, and no shared disk.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CsworkbenchError
from .make import Made
from .shipping import Held, packed
from .worker import Versions, on_worker, versions

if TYPE_CHECKING:
    from .leash import Leashes
    from .tasks import PackTask

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
    _suspects: set[str] = field(default_factory=set)
    _one_suspect: threading.Lock = field(default_factory=threading.Lock)

    def make(self, task: PackTask, leashes: Leashes) -> Made:
        """The pack of a task, made by a worker; nothing that goes wrong is raised.

        A worker that is lost loses nothing, others take over. A pack whose workers died again and again has the outcome
        kernel_died. Another pack of the same workers may have been the culprit, so that a further try has no other
        suspect beside it.
        """
        with self._beside_no_suspect(task.pack.name):
            future = self._submitted(task)
            try:
                return self._ended(future, leashes) or self._result(future, task)
            finally:
                with suppress(Exception):
                    future.cancel(force=True)

    def _beside_no_suspect(self, name: str) -> AbstractContextManager[Any]:
        return self._one_suspect if name in self._suspects else nullcontext()

    def _submitted(self, task: PackTask) -> Any:
        shipped = {folder: self._shipped(folder) for folder in task.paths}
        key = f"{task.pack.name}-{os.urandom(8).hex()}"
        return self.client.submit(on_worker, task, shipped, versions(), key=key, pure=False)

    def _shipped(self, folder: str) -> Any:
        """The folder as a task of the cluster, so that it is there again when the worker that holds it is lost."""
        with self._sending:
            if folder not in self._sent:
                held = Held(packed(Path(folder)))
                self._sent[folder] = self.client.submit(held, key=f"csworkbench-{held.sha256}")
            return self._sent[folder]

    def _ended(self, future: Any, leashes: Leashes) -> Made | None:
        """Wait for the future; what became of it where it must not be waited for any longer."""
        done, seen = threading.Event(), time.monotonic()
        future.add_done_callback(lambda _: done.set())
        while not done.wait(POLL_SECONDS):
            if leashes.cancelled:
                return Made("cancelled", "the run was cancelled")
            if self.client.scheduler_info(n_workers=0).get("n_workers"):
                seen = time.monotonic()
            elif time.monotonic() - seen > ALONE_SECONDS:
                return Made("kernel_died", f"the cluster had no worker for {ALONE_SECONDS:g} seconds")
        return None

    def _result(self, future: Any, task: PackTask) -> Made:
        from distributed import KilledWorker

        try:
            made: Made = future.result()
            return made
        except KilledWorker as error:
            self._suspects.add(task.pack.name)
            n = error.allowed_failures + 1
            return Made("kernel_died", f"{n} worker{'s' * (n > 1)} died, one after the other, while making this pack")
        except BaseException as error:
            return Made("kernel_died", f"the cluster gave the pack up: {_first_line(error)}")


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler listens at that address, such as tcp://10.0.0.7:8786, until the block ends.

    Raises CsworkbenchError when it cannot be reached, has no worker, or would make other packs than this run.
    """
    client = _connected(address)
    try:
        yield Cluster(client, _checked(client, address))
    finally:
        client.close()


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise CsworkbenchError("--cluster needs Dask. Install it: pip install 'csworkbench[cluster]'") from None
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        said = f"no Dask scheduler answered at {address} within {CONNECT_SECONDS} seconds ({_first_line(error)})"
        raise CsworkbenchError(f"{said}. Give its address as tcp://HOST:8786, or leave --cluster out.") from None


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}".rstrip(": ")


def _checked(client: Any, address: str) -> int:
    """The threads of all workers; refused when there is none, or when one differs from this run."""
    slots = int(client.scheduler_info(n_workers=0).get("total_threads", 0))
    if not slots:
        raise CsworkbenchError(f"the cluster at {address} has no worker. Start one: dask worker {address}")
    found: dict[str, Any] = client.run(versions, on_error="return")
    others = [f"  {worker}: {said}" for worker, theirs in found.items() if (said := _difference(theirs))]
    if others:
        said = f"workers of the cluster at {address} differ from this run, which has {versions().told}"
        raise CsworkbenchError("\n".join([f"{said}. Install the same on all of them.", *sorted(others)]))
    return slots


def _difference(theirs: Versions | BaseException) -> str:
    if isinstance(theirs, BaseException):
        return f"csworkbench does not work there ({_first_line(theirs)})"
    if theirs == versions():
        return ""
    return theirs.told if theirs.told != versions().told else "the same version, but other code or libraries"
