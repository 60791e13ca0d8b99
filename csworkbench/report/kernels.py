"""One private kernel per pack, and the leash that ends it with everything it started."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import site
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop

LONGEST_SOCKET_PATH = 90
T = TypeVar("T")


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


def kernel_manager_class(leash: Leash, folder: Path) -> type[AsyncKernelManager]:
    """A kernel manager whose kernel is this Python, lives in that private folder and hangs on that leash."""
    spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"],
        display_name="csworkbench",
        language="python",
    )

    class PackKernel(AsyncKernelManager):
        """The kernel of one pack."""

        @property
        def kernel_spec(self) -> KernelSpec:
            return spec

        async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
            self.connection_file = str(folder / "k.json")
            if os.name == "posix" and len(self.connection_file) < LONGEST_SOCKET_PATH:
                self.transport, self.ip = "ipc", str(folder / "k")
            options["env"] = private_environment(os.environ, folder)
            await super().start_kernel(**options)
            leash.hold(getattr(self.provisioner, "pid", None))

    return PackKernel


def private_environment(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment of a kernel: own temporary and settings folders, no start-up file, the same csworkbench."""
    own = {"TMPDIR": str(folder), "IPYTHONDIR": str(folder / "ipython"), "JUPYTER_RUNTIME_DIR": str(folder)}
    kept = {name: value for name, value in environ.items() if name != "PYTHONSTARTUP"}
    package_home = str(Path(__file__).parents[2])
    if package_home not in site.getsitepackages():
        own["PYTHONPATH"] = os.pathsep.join(filter(None, [package_home, kept.get("PYTHONPATH")]))
    return {**kept, **own}


def in_own_event_loop(work: Callable[[], T]) -> T:
    """What `work` returns, run with an event loop of its own that is closed afterwards with all that hangs on it."""
    context = contextvars.Context()
    loop = context.run(ensure_event_loop)
    try:
        return context.run(work)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        asyncio.set_event_loop(None)
