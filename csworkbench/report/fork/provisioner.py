"""A kernel provisioner that forks IPython kernels from a warmed template instead of starting a new Python."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from sys import platform
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Float, List, Unicode

from .launch import STANDARD, beside, kernel_files, read_when_ready, taken_apart
from .linux import umask
from .owner import CannotFork
from .process import ForkedProcess
from .settings import settings_for
from .templates import fork_kernel

READY_SECONDS = 60.0
DEATH_SECONDS = 5.0
_said: set[str] = set()


class ForkProvisioner(LocalProvisioner):
    """Forks a kernel in a tenth of a second where a new Python and its imports take seconds.

    On Linux and for IPython kernels; otherwise, or when forking fails, it starts an ordinary kernel and says so once
    in the log. A forked kernel ends together with all processes that it started, also those in other sessions.
    """

    process: Any = None

    preload = List(Unicode(), help='Modules, or "module:function", that the template loads.').tag(config=True)
    memory_mib = Float(0.0, help="MiB that a kernel may take beyond what the template has; 0: no limit.").tag(
        config=True
    )

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel and wait until its sockets are bound; or start an ordinary one."""
        options = LocalProvisioner._scrub_kwargs(kwargs)
        try:
            await self._fork(cmd, options)
        except CannotFork as failure:
            self._say(str(failure))
            return await self._launch_ordinary(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = options.get("cwd") or str(Path.cwd())
        return self.connection_info

    async def _fork(self, cmd: list[str], options: Mapping[str, Any]) -> None:
        if not platform.startswith("linux"):
            raise CannotFork("kernels are forked on Linux only")
        unknown = options.keys() - {"cwd", "env", *STANDARD}
        if unknown:
            raise CannotFork(f"a forked kernel cannot have the options {', '.join(sorted(unknown))}")
        python, arguments = taken_apart(cmd)
        settings = settings_for(python, tuple(self.preload), options["env"])
        request = {"arguments": arguments, "env": options["env"], "umask": umask(), "memory_mib": self.memory_mib}
        request["cwd"] = str(Path(options.get("cwd") or ".").absolute())
        with kernel_files(options) as (files, reader):
            self.process = await beside(lambda: fork_kernel(settings, request, files), undo=ForkedProcess.kill)
        said = await read_when_ready(reader, READY_SECONDS)
        self.process.boot_cpu_seconds = float(said.get("boot_cpu_seconds", 0.0))

    def _say(self, reason: str) -> None:
        if reason not in _said:
            _said.add(reason)
            self.log.warning("Kernels are not forked but started one by one, which is slower: %s.", reason)

    async def _launch_ordinary(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        info = await super().launch_kernel(cmd, **kwargs)
        if self.memory_mib and platform.startswith("linux"):
            import resource

            limit = int(self.memory_mib * 1024 * 1024)
            resource.prlimit(self.process.pid, resource.RLIMIT_DATA, (limit, limit))
        return info

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and its process group."""
        if isinstance(self.process, ForkedProcess):
            self.process.send_signal(signum)
        else:
            await super().send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and what it started, and wait (at most five seconds) until they are gone."""
        await super().kill(restart)
        if isinstance(self.process, ForkedProcess):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone(self.process), DEATH_SECONDS)

    async def wait(self) -> int | None:
        """Wait until the kernel and what it started are gone; the exit code, negative for a signal."""
        if not isinstance(self.process, ForkedProcess):
            return await super().wait()
        await self._gone(self.process)
        code, self.process = self.process.returncode, None
        return code

    @staticmethod
    async def _gone(process: ForkedProcess) -> None:
        await asyncio.shield(asyncio.wrap_future(process.ended))
