"""Packs of the sample drawn in this process: the cells of each template run one after another, without a kernel."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from csworkbench.report.ledger import FOLDER
from csworkbench.report.limits import Limits
from csworkbench.report.marts import Marts, read_marts
from csworkbench.report.plan import Scope, plan_packs
from csworkbench.report.publish import render_pack
from csworkbench.report.tasks import PackTask, tasks_of
from csworkbench.report.templates import chosen_templates

LANGUAGES = ("en", "ja")


@dataclass(frozen=True)
class Drawn:
    """A published page. kind: of the pack; lang: of the page."""

    kind: str
    lang: str
    unit: str | None
    html: str


def drawn_packs(output: Path) -> Iterator[Drawn]:
    """Every kind of pack in both languages, of one unit each, from the marts of a run."""
    marts = read_marts(output / FOLDER)
    assert marts is not None
    for task in _tasks(marts):
        html = render_pack(drawn_notebook(task.pack.template.notebook, task.pack.parameters), task.page)
        yield Drawn(task.pack.kind, task.pack.lang, task.pack.unit, html)


def _tasks(marts: Marts) -> Iterator[PackTask]:
    facts = marts.facts
    units = {kind: sorted(names)[:1] for kind, names in facts.units.items()} | {"lang": LANGUAGES}
    offered = {**{name: str(folder) for name, folder in marts.folders.items()}, "previous": None, "as_of": facts.as_of}
    templates, _ = chosen_templates(())
    scope = Scope(facts.quarter, LANGUAGES, units, offered)
    return iter(tasks_of(plan_packs(templates, scope).packs, marts, Limits()))


def drawn_notebook(template: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    """The executed notebook: what each cell's last expression shows as HTML."""
    notebook = nbformat.from_dict(template)
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = list(_outputs("".join(cell.source), names))
        if "parameters" in cell.metadata.get("tags", []):
            names.update(parameters)
    return notebook


def _outputs(source: str, names: dict[str, Any]) -> Iterator[Any]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if last is None:
        return
    assert isinstance(last, ast.Expr)
    shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    if shown is not None:
        yield nbformat.v4.new_output("display_data", {"text/html": shown._repr_html_()})
