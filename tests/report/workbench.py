"""Tiny templates, measures and plans for the tests of report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from csworkbench.report.plan import Pack, Scope, plan_packs
from csworkbench.report.quarter import Options
from csworkbench.report.source import Source
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


@dataclass(frozen=True)
class Company:
    name: str = "Acme & Söhne"
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True)
class FakeMeasures:
    as_of: date = date(2026, 9, 30)
    company: Company = field(default_factory=Company)

    def save(self, folder: Path) -> None:
        (folder / "measures.json").write_text("{}", encoding="utf-8")


def source(segments: Sequence[str] = ("smb",), **company: Any) -> Source:
    return Source("2026Q3", "2026Q2", FakeMeasures(company=Company(**company)), {"segment": list(segments)})


def packs_of(path: Path, segments: Sequence[str] = ("smb",), languages: Sequence[str] = ("en",)) -> tuple[Pack, ...]:
    scope = Scope("2026Q3", languages, {"segment": list(segments)}, {"measures": "m"})
    return plan_packs([read_template(path)], scope)


class Clock:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self) -> None:
        self.seconds = 0

    def __call__(self) -> datetime:
        self.seconds += 1
        return datetime(2026, 11, 22, 9, self.seconds // 60 % 60, self.seconds % 60, tzinfo=UTC)


QUICK = Options(jobs=2)
