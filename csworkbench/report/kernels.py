"""One private kernel per pack: this Python, its own folder, its own event loop."""

from __future__ import annotations

import asyncio
import contextvars
import os
import site
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop

from .leash import Leash

LONGEST_SOCKET_PATH = 90
SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
T = TypeVar("T")


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
    """The environment of a kernel: own temporary and settings folders, no start-up file, the same csworkbench.

    One thread per library unless told otherwise, since packs run side by side; a fixed hash seed, so that the same
    pack has the same bytes.
    """
    own = {"TMPDIR": str(folder), "IPYTHONDIR": str(folder / "ipython"), "JUPYTER_RUNTIME_DIR": str(folder)}
    kept = {**SINGLE_THREADED, **{name: value for name, value in environ.items() if name != "PYTHONSTARTUP"}}
    own["PYTHONHASHSEED"] = "0"
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
