"""What runs on a worker of a Dask cluster."""

from __future__ import annotations

import platform
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..version import __version__
from .keys import code_key
from .leash import Leashes
from .make import Made, make
from .shipping import Held

if TYPE_CHECKING:
    from .tasks import PackTask

LOOK_SECONDS = 0.3


@dataclass(frozen=True)
class Versions:
    """What must be the same everywhere, so that a pack has the same bytes anywhere. code: `keys.code_key`."""

    csworkbench: str
    python: str
    code: str

    @property
    def told(self) -> str:
        """The versions in words."""
        return f"csworkbench {self.csworkbench} on Python {self.python}"


def versions() -> Versions:
    """Those of this process."""
    return Versions(__version__, platform.python_version(), code_key())


def on_worker(task: PackTask, shipped: Mapping[str, Held], needed: Versions) -> Made:
    """The pack of a task, with the shipped folders unpacked on this machine; not made by a worker that differs."""
    from distributed import get_worker

    worker = get_worker()
    if versions() != needed:
        return Made(
            "kernel_died", f"the worker {worker.address}, which joined later, has {versions().told} or other code"
        )
    below = Path(worker.local_directory) / "csworkbench"
    paths = {folder: str(held.unpacked(below)) for folder, held in shipped.items()}
    leashes = Leashes()
    with _ended_when_unwanted(worker, leashes):
        return make(task, leashes, paths)


@contextmanager
def _ended_when_unwanted(worker: Any, leashes: Leashes) -> Iterator[None]:
    """End the kernels of the task as soon as nobody waits for it: its run was cancelled, or its owner is gone."""
    key, done = worker.get_current_task(), threading.Event()

    def look() -> None:
        while not done.wait(LOOK_SECONDS):
            task = worker.state.tasks.get(key)
            if task is None or task.state == "cancelled":
                leashes.cancel()

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()
