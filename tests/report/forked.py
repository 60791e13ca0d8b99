"""Kernels forked for a test, and what is left of them in the system."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from csworkbench.report.fork.process import ForkedProcess
from csworkbench.report.fork.provisioner import ForkProvisioner

ARGUMENTS = ["-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]


@dataclass
class Kernel:
    """A kernel at work."""

    manager: KernelManager
    client: BlockingKernelClient

    def said(self, code: str, timeout: float = 60) -> str:
        """What code prints, or the name of its error."""
        parts: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            parts.append(message["content"].get("text") or message["content"].get("ename") or "")

        self.client.execute_interactive(code, timeout=timeout, output_hook=hear)
        return "".join(parts).strip()

    @property
    def process(self) -> ForkedProcess:
        process = self.manager.provisioner.process  # type: ignore[union-attr]
        assert isinstance(process, ForkedProcess)
        return process


def manager_in(folder: Path, name: str = "k", argv: list[str] | None = None, **settings: Any) -> KernelManager:
    """A stock manager whose kernels are forked, over IPC in that folder."""
    spec = KernelSpec(argv=argv or [sys.executable, *ARGUMENTS], display_name="x", language="python")
    manager = KernelManager(transport="ipc", ip=str(folder / name), connection_file=str(folder / f"{name}.json"))
    manager._kernel_spec = spec
    manager.kernel_id = name
    manager.provisioner = ForkProvisioner(kernel_id=name, kernel_spec=spec, parent=manager, **settings)
    return manager


@contextmanager
def kernel_in(folder: Path, name: str = "k", launch: dict[str, Any] | None = None, **settings: Any) -> Iterator[Kernel]:
    """A kernel that can be asked; shut down at once afterwards."""
    manager = manager_in(folder, name, **settings)
    manager.start_kernel(**{"cwd": str(folder), **(launch or {})})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state not in (b"Z", b"X")


def soon(is_so: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether it becomes so in that time."""
    give_up_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.01)
    return True


def left_by(pid: int | str = "self") -> dict[str, int]:
    """How much a process holds that could leak."""
    home = Path(f"/proc/{pid}")
    own = int(home.resolve().name)
    return {
        "files": len(list((home / "fd").iterdir())),
        "threads": len(list((home / "task").iterdir())),
        "children": sum(_parent(other) == own for other in Path("/proc").glob("[0-9]*")),
        "shared memory": len(_shared_memory_of_nobody()),
    }


def _shared_memory_of_nobody() -> set[str]:
    """Shared memory that no process maps; that of processes of others is left out.

    A nanny of Dask that is killed, as other tests do at the same time, leaves six semaphores named "sem.mp-…" of
    multiprocessing; no notebook of a test that looks here uses multiprocessing.
    """
    mapped = ""
    for maps in Path("/proc").glob("[0-9]*/maps"):
        with suppress(OSError):
            mapped += maps.read_text(errors="replace")
    found = {file.name for file in Path("/dev/shm").iterdir() if not file.name.startswith("sem.mp-")}
    return {name for name in found if f"/dev/shm/{name}" not in mapped}


def _parent(process: Path) -> int | None:
    try:
        return int((process / "stat").read_bytes().rpartition(b")")[2].split()[1])
    except OSError:
        return None
