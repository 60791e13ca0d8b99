"""Tiny templates, measures and plans for the tests of report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from csworkbench.report.files import PARTIAL
from csworkbench.report.keys import Inputs, digest
from csworkbench.report.leash import Leashes
from csworkbench.report.ledger import pack_statuses
from csworkbench.report.make import Made
from csworkbench.report.plan import Pack, Scope, plan_packs
from csworkbench.report.quarter import Options, Order, make_quarter
from csworkbench.report.results import Summary
from csworkbench.report.source import Facts, Source
from csworkbench.report.tasks import PackTask
from csworkbench.report.templates import read_template

PARAMETERS = 'measures: str\nsegment: str | None = None\nquarter: str = "2026Q3"\nlang: str = "en"\n'
SHOW = "from IPython.display import HTML, Markdown, display\n"
GOOD = SHOW + 'import html\ndisplay(HTML(f"<h2>Revenue of {html.escape(str(segment))}</h2><p>1,200</p>"))'


def code(source: str, *tags: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
    }


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    numbered = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": numbered}


def write_template(path: Path, *sources: str, parameters: str | None = PARAMETERS) -> Path:
    cells = [] if parameters is None else [code(parameters, "parameters")]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*cells, *map(code, sources))), encoding="utf-8")
    return path


def save_measures(folder: Path, text: str = "{}") -> None:
    (folder / "measures.json").write_text(text, encoding="utf-8")


def source(segments: Sequence[str] = ("smb",), content: str = "{}", **facts: Any) -> Source:
    known = {"company": "Acme & Söhne", "units": {"segment": list(segments)}, **facts}
    return Source(
        Facts("2026Q3", "2026Q2", "2026-09-30", **known), {"measures": lambda folder: save_measures(folder, content)}
    )


def packs_of(path: Path, segments: Sequence[str] = ("smb",), languages: Sequence[str] = ("en",)) -> tuple[Pack, ...]:
    scope = Scope("2026Q3", languages, {"segment": list(segments)}, {"measures": "m"})
    return plan_packs([read_template(path)], scope).packs


def order(template: Path, output: Path, units: Sequence[str], content: str = "{}", **facts: Any) -> Order:
    """Fake measures with a key of their own, so that an unchanged run finds them."""
    made_of = source(units, content, **facts)
    key = digest([list(units), content])
    return Order(
        output,
        "2026Q3",
        "2026-09-30",
        [read_template(template)],
        lambda: made_of,
        lambda known: Inputs(key),
    )


def run(
    template: Path, output: Path, units: Sequence[str], options: Options | None = None, content: str = "{}", **more: Any
) -> Summary:
    """A run over fake measures with real kernels, unless `how` makes the packs in another way."""
    return make_quarter(order(template, output, units, content), options or QUICK, Clock(), **more)


def drawn(task: PackTask, leashes: Leashes) -> Made:
    """A pack without a kernel: what the measures hold, and a filler that gives it the size of a real one."""
    measures = (Path(str(task.pack.parameters["measures"])) / "measures.json").read_text("utf-8")
    return Made(
        "succeeded", html=f"<p>{task.pack.unit}: {measures}</p>{'<!-- filler -->' * 2000}".encode(), seconds=0.1
    )


def packs_in(output: Path) -> dict[str, bytes]:
    """The published files, the index with them."""
    return {path.name: path.read_bytes() for path in sorted(output.glob("*.html"))}


def leftovers(output: Path) -> list[str]:
    """Temporary files that a run should have taken away."""
    return [path.name for path in output.rglob("*") if PARTIAL in path.name]


def untrue(output: Path) -> list[str]:
    """Packs that the ledger calls good although their file is not what it says."""
    return [
        status.name
        for status in pack_statuses(output)
        if status.outcome in ("succeeded", "skipped")
        and hashlib.sha256((output / str(status.file)).read_bytes()).hexdigest() != status.sha256
    ]


class Clock:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self) -> None:
        self.seconds = 0

    def __call__(self) -> datetime:
        self.seconds += 1
        return datetime(2026, 11, 22, 9, self.seconds // 60 % 60, self.seconds % 60, tzinfo=UTC)


QUICK = Options(jobs=2)
