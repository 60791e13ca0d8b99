"""What the measurement of runs measures inside a process of its own; see runs.py.

python bench/run_steps.py NAME MARTS OUTPUT PACKS|SIZES
"""

from __future__ import annotations

import ast
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

QUARTER = "2026Q3"
WARMING = 2
TEMPLATE = Path(__file__).resolve().parent.parent / "notebooks" / "packs" / "segment.ipynb"
Pack = tuple[str, str]


def notebook_cells() -> Iterator[tuple[str, bool]]:
    """The code of each cell, and whether it declares the parameters."""
    for cell in json.loads(TEMPLATE.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield "".join(cell["source"]), "parameters" in cell["metadata"].get("tags", [])


def step_papermill(marts: str, output: str, packs: Sequence[Pack]) -> None:
    """Papermill's and nbconvert's Python interface in one process."""
    import nbconvert
    import papermill

    exporter = nbconvert.HTMLExporter(exclude_input=True)
    for number, (segment, lang) in enumerate(packs):
        values = {"measures": marts, "quarter": QUARTER, "segment": segment, "lang": lang}
        target = f"{output}/{number}.ipynb"
        notebook = papermill.execute_notebook(str(TEMPLATE), target, values, progress_bar=False)
        Path(f"{output}/{number}.html").write_text(exporter.from_notebook_node(notebook)[0], "utf-8")


def step_cells(marts: str, output: str, packs: Sequence[Pack]) -> None:
    """The cells and what they show, in this process; imports and one pack before are not counted."""
    sources = [(ast.parse(source), declares) for source, declares in notebook_cells()]
    began = (0.0, 0.0)
    for number, (segment, lang) in enumerate([packs[0], *packs]):
        names: dict[str, Any] = {}
        for tree, declares in sources:
            run_cell(tree, names)
            if declares:
                names |= {"measures": marts, "quarter": QUARTER, "segment": segment, "lang": lang}
        if not number:
            began = (time.perf_counter(), time.process_time())
    spent = {"wall": time.perf_counter() - began[0], "cpu": time.process_time() - began[1]}
    Path(output, "spent.json").write_text(json.dumps(spent))


def run_cell(tree: ast.Module, names: dict[str, Any]) -> None:
    *statements, last = tree.body
    exec(compile(ast.Module(statements, []), "cell", "exec"), names)
    if isinstance(last, ast.Expr):
        shown(eval(compile(ast.Expression(last.value), "cell", "eval"), names))
    else:
        exec(compile(ast.Module([last], []), "cell", "exec"), names)


def shown(value: Any) -> object:
    """The forms in which a notebook would show the value."""
    for name in ("_repr_mimebundle_", "_repr_html_", "_repr_markdown_"):
        if value is not None and hasattr(value, name):
            return getattr(value, name)()
    return repr(value)


def step_kernels(marts: str, output: str, packs: Sequence[Pack]) -> None:
    """Seconds until a kernel is ready, and until it has the stack imported: ordinary ones and forked ones."""
    import asyncio

    from jupyter_client.manager import AsyncKernelManager

    from csworkbench.report.kernels import kernel_manager_class
    from csworkbench.report.leash import Leash

    async def ready(manager: AsyncKernelManager) -> tuple[float, float]:
        began = time.perf_counter()
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=120)
        at = time.perf_counter() - began
        asked = client.execute("import pandas, matplotlib.pyplot, csworkbench.story.pack")
        while (await client.get_shell_msg(timeout=120))["parent_header"].get("msg_id") != asked:
            continue
        imported = time.perf_counter() - began
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return at, imported

    async def forked() -> tuple[float, float]:
        with tempfile.TemporaryDirectory(prefix="csw-") as folder:
            return await ready(kernel_manager_class(Leash(), Path(folder))())

    found: dict[str, list[tuple[float, float]]] = {"ordinary": [], "forked": []}
    asyncio.run(forked())
    for number in range(20):
        found["forked"].append(asyncio.run(forked()))
        if number % 4 == 0:
            found["ordinary"].append(asyncio.run(ready(AsyncKernelManager(kernel_name="python3"))))
    Path(output, "spent.json").write_text(json.dumps(found))


def step_flat(marts: str, output: str, sizes: Sequence[int]) -> None:
    """Seconds per pack of runs of several sizes, over a template with one small cell, after a run that warms up."""
    from datetime import UTC, datetime

    from csworkbench.report.quarter import Options, Order, make_quarter
    from csworkbench.report.source import Facts, Source
    from csworkbench.report.templates import read_template

    declared = 'measures: str\nsegment: str\nquarter: str = "2026Q3"\nlang: str = "en"'
    cells = [("parameters", declared), (None, "from IPython.display import Markdown\nMarkdown(f'## {segment}')")]
    body = [
        {"cell_type": "code", "id": f"c{n}", "execution_count": None, "outputs": [], "source": text}
        | {"metadata": {"tags": [tag] if tag else []}}
        for n, (tag, text) in enumerate(cells)
    ]
    path = Path(output, "tiny.ipynb")
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": body}))

    def save(folder: Path) -> None:
        (folder / "measures.json").write_text("{}")

    found = {}
    for size in (WARMING, *sizes):
        units = {"segment": [f"Unit {number:04}" for number in range(size)]}
        facts = Facts(QUARTER, "2026Q2", "2026-09-30", "Tiny", ("en",), units)
        made_of = Source(facts, {"measures": save})
        order = Order(Path(output, str(size)), QUARTER, "2026-09-30", [read_template(path)], lambda s=made_of: s)
        began = time.perf_counter()
        summary = make_quarter(order, Options(jobs=2), lambda: datetime.now(UTC))
        assert summary.is_good, summary.counts
        found[size] = (time.perf_counter() - began) / size
    del found[WARMING]
    Path(output, "spent.json").write_text(json.dumps(found))


STEPS = {"papermill": step_papermill, "cells": step_cells, "kernels": step_kernels, "flat": step_flat}


if __name__ == "__main__":
    _, name, marts, output, what = sys.argv
    STEPS[name](marts, output, json.loads(what))
