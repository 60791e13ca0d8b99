"""What runs on a worker of a Dask cluster."""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..version import __version__
from .execute import Failure
from .leash import Leashes
from .shipping import Held

LOOK_SECONDS = 0.3

Work = Callable[[Any, Leashes, Mapping[str, str]], Any]


def versions() -> tuple[str, str]:
    """Those that must be the same everywhere: of csworkbench, and of Python (major and minor)."""
    return __version__, ".".join(platform.python_version_tuple()[:2])


def on_worker(work: Work, task: Any, shipped: Mapping[str, Held]) -> tuple[Any, tuple[str, str, int | None] | None]:
    """What `work` returns, or outcome, reason and cell of its Failure; the folders of `shipped` are unpacked here."""
    from distributed import get_worker

    worker = get_worker()
    below = Path(worker.local_directory) / "csworkbench"
    paths = {folder: str(held.unpacked(below)) for folder, held in shipped.items()}
    leashes = Leashes()
    with _ended_when_unwanted(worker, worker.get_current_task(), leashes):
        try:
            return work(task, leashes, paths), None
        except Failure as failure:
            return None, (failure.outcome, failure.reason, failure.cell)


@contextmanager
def _ended_when_unwanted(worker: Any, key: Any, leashes: Leashes) -> Iterator[None]:
    """End the kernels of a task as soon as nobody waits for it: its run was cancelled, or its owner is gone."""
    done = threading.Event()

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
