"""One private kernel per pack: forked from this Python's template, its own folder, its own event loop."""

from __future__ import annotations

import asyncio
import contextvars
import os
import site
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any, TypeVar

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop

from .fork.owner import CannotFork
from .fork.provisioner import ForkProvisioner
from .fork.settings import Settings, settings_for
from .fork.templates import template
from .leash import Leash

LONGEST_SOCKET_PATH = 90
SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
PRELOAD = (
    "numpy",
    "pandas",
    "pandas.core.methods.to_dict",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "duckdb",
    "matplotlib.pyplot",
    "csworkbench.story.pack",
    "csworkbench.story.warm:warm_up",
)
ASK_AGAIN_SECONDS = 1.0
T = TypeVar("T")


def kernel_manager_class(leash: Leash, folder: Path, memory_mib: float = 0) -> type[AsyncKernelManager]:
    """A kernel manager whose kernel is this Python, lives in that private folder and hangs on that leash.

    memory_mib: what the kernel may take beyond the modules that every kernel has; 0: no limit.
    """
    spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"],
        display_name="csworkbench",
        language="python",
    )

    class PackKernel(AsyncKernelManager):
        """The kernel of one pack."""

        client_factory = PackClient

        @property
        def kernel_spec(self) -> KernelSpec:
            return spec

        async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
            self.connection_file = str(folder / "k.json")
            if os.name == "posix" and len(self.connection_file) < LONGEST_SOCKET_PATH:
                self.transport, self.ip = "ipc", str(folder / "k")
            options["env"] = private_environment(os.environ, folder)
            self.provisioner = ForkProvisioner(
                kernel_id=folder.name, kernel_spec=spec, parent=self, preload=list(PRELOAD), memory_mib=memory_mib
            )
            try:
                await super().start_kernel(**options)
            finally:
                leash.hold(self.provisioner.process, folder)

    return PackKernel


def warm_up() -> None:
    """Start the template beside other work, so that it is warm when the first pack needs a kernel.

    Where it cannot be started, the first kernel is told so too.
    """
    if not sys.platform.startswith("linux"):
        return
    settings = settings_for((sys.executable,), PRELOAD, private_environment(os.environ, Path()))
    threading.Thread(target=_start, args=[settings], name="warm-up", daemon=True).start()


def _start(settings: Settings) -> None:
    with suppress(CannotFork):
        template(settings)


class PackClient(AsyncKernelClient):
    """A client without channels that nobody reads, ready as soon as the kernel has answered on both that are left."""

    def start_channels(self, **channels: bool) -> None:  # type: ignore[override]
        """Connect shell and iopub; the manager knows whether the kernel lives, so there is no heartbeat."""
        super().start_channels(stdin=False, hb=False, control=False)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until an answer has come on shell and its end on iopub; RuntimeError when the kernel dies before."""
        give_up_at = time.monotonic() + (timeout or float("inf"))
        while not await self._answers():
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it was ready")
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"the kernel was not ready within {timeout:g} seconds")

    async def _answers(self) -> bool:
        asked = self.kernel_info()
        try:
            reply = await self.get_shell_msg(timeout=ASK_AGAIN_SECONDS)
            while reply["parent_header"].get("msg_id") != asked:
                reply = await self.get_shell_msg(timeout=ASK_AGAIN_SECONDS)
            self._handle_kernel_info_reply(reply)
            while not _is_end_of(await self.get_iopub_msg(timeout=ASK_AGAIN_SECONDS), asked):
                continue
        except Empty:
            return False
        return True


def _is_end_of(message: Mapping[str, Any], asked: str) -> bool:
    is_own: bool = message["parent_header"].get("msg_id") == asked
    return is_own and message["content"].get("execution_state") == "idle"


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
