"""Every notebook is short, has no definitions and no outputs; every pack template declares its parameters."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from csworkbench.report.templates import read_template

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if not any(part.startswith(".") for part in path.parts)
)
PACKS = [path for path in NOTEBOOKS if path.parent.name == "packs"]
LONGEST_CELL = 8


def code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def python(cell: dict[str, Any]) -> ast.Module:
    """The cell without lines of IPython (`%`, `!`, `?`)."""
    lines = [line for line in source(cell).splitlines() if not line.lstrip().startswith(("%", "!", "?"))]
    return ast.parse("\n".join(lines))


def test_there_are_templates() -> None:
    assert {"executive", "segment"} <= {path.stem for path in PACKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_calls_and_notes(path: Path) -> None:
    defining = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    for cell in code_cells(path):
        assert len(source(cell).splitlines()) <= LONGEST_CELL, source(cell)
        assert not any(isinstance(node, defining) for node in ast.walk(python(cell))), source(cell)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code_cells(path))


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_a_pack_template_declares_its_parameters(path: Path) -> None:
    template = read_template(path)
    assert template.problems == ()
    assert {"quarter", "lang"} <= template.parameters.keys()
