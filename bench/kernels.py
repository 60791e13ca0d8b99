"""What a forked kernel costs.

python bench/kernels.py [PACKS] [NOTEBOOK] [NAME=VALUE …]

Milliseconds until a kernel is ready (as the client sees it) and processor seconds of a pack: boot and cells of its
kernel, the client, and the template once. Without a notebook: twelve cells that print a word each.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from csworkbench.report.execute import execute
from csworkbench.report.fork import templates
from csworkbench.report.fork.process import ForkedProcess
from csworkbench.report.kernels import PackClient, in_own_event_loop, kernel_manager_class
from csworkbench.report.leash import Leash, Leashes
from csworkbench.report.limits import Limits
from csworkbench.report.plan import Pack
from csworkbench.report.templates import Template, read_template

kernels: list[ForkedProcess] = []


class Noted(Leash):
    """A leash that remembers the kernels that it held."""

    def hold(self, kernel, folder):
        """Remember it, and hold it."""
        kernels.append(kernel)
        super().hold(kernel, folder)


async def ready_ms() -> float:
    """From the order to start a kernel until it has answered."""
    leash = Leash()
    with tempfile.TemporaryDirectory(prefix="csw-") as folder:
        started = time.perf_counter()
        manager = kernel_manager_class(leash, Path(folder))(kernel_name="python3")
        await manager.start_kernel(cwd=folder)
        client: PackClient = manager.client()
        client.start_channels()
        await client.wait_for_ready(60)
        took = 1000 * (time.perf_counter() - started)
        await manager.shutdown_kernel(now=True)
        client.stop_channels()
        return took


def plain_pack() -> Pack:
    cells = [{"cell_type": "code", "source": 'segment: str = ""', "metadata": {"tags": ["parameters"]}}]
    cells += [{"cell_type": "code", "source": f"print({number})", "metadata": {}} for number in range(12)]
    made = [{**cell, "id": f"c{n}", "outputs": [], "execution_count": None} for n, cell in enumerate(cells)]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}
    return Pack("p", "p", "2026Q3", "en", template=Template("p", "p", notebook), parameters={"segment": "x"})


def pack_of(file: str, *given: str) -> Pack:
    values = dict(pair.split("=", 1) for pair in given)
    return Pack("p", "p", "2026Q3", "en", template=read_template(Path(file)), parameters=values)


def main(n_packs: int = 20, *notebook: str) -> None:
    import csworkbench.report.execute as executing

    executing.Leash = Noted
    pack = pack_of(*notebook) if notebook else plain_pack()
    execute(pack, Limits(), Leashes())
    ready = [in_own_event_loop(lambda: _run(ready_ms)) for _ in range(n_packs)]
    kernels.clear()
    wall, client = time.perf_counter(), time.process_time()
    for _ in range(n_packs):
        execute(pack, Limits(), Leashes())
    wall, client = (time.perf_counter() - wall) / n_packs, (time.process_time() - client) / n_packs
    boot = statistics.fmean(kernel.boot_cpu_seconds for kernel in kernels)
    total = statistics.fmean(kernel.ended.result()["cpu_seconds"] for kernel in kernels)
    peak = max(kernel.ended.result()["peak_mib"] for kernel in kernels)
    (template,) = templates._owners.values()
    print(f"ready: median {statistics.median(ready):.0f} ms, longest {max(ready):.0f} ms")
    print(
        f"a pack: {wall:.2f} s; processor: kernel boot {boot:.3f} s, cells {total - boot:.3f} s, client {client:.3f} s"
    )
    print(
        f"machinery: {(boot + client) / (total + client):.0%} of processor time; peak {peak:.0f} MiB, shared included"
    )
    print(f"template: {template.cpu_seconds:.2f} s of processor time, once")


def _run(work):
    import asyncio

    return asyncio.get_event_loop().run_until_complete(work())


if __name__ == "__main__":
    count, *rest = sys.argv[1:] or ["20"]
    main(int(count), *rest)
