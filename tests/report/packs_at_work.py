"""Packs of a few cells, executed as a run does it, and the private folders that they work in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from workbench import code, notebook

from csworkbench.report.execute import Failure, execute
from csworkbench.report.leash import Leashes
from csworkbench.report.limits import Limits
from csworkbench.report.plan import Pack
from csworkbench.report.templates import Template


def pack_of(*sources: str) -> Pack:
    """A pack with these cells after the parameters cell."""
    content = notebook(code('segment: str = "x"', "parameters"), *map(code, sources))
    return Pack(
        "segment-x", "segment", "2026Q3", "en", "x", "segment", Template("segment", "x", content), {"segment": "y"}
    )


def printed(*sources: str, limits: Limits | None = None) -> str:
    """What the last cell of such a pack prints."""
    made: Any = execute(pack_of(*sources), limits or Limits(), Leashes())
    return "".join(output["text"] for output in made.cells[-1].outputs if output.output_type == "stream").strip()


def failure_of(*sources: str, limits: Limits | None = None) -> Failure:
    """How such a pack fails."""
    try:
        execute(pack_of(*sources), limits or Limits(), Leashes())
    except Failure as failure:
        return failure
    raise AssertionError("it did not fail")


def private_folders() -> list[Path]:
    """The folders of packs that are there now."""
    return list(Path(tempfile.gettempdir()).glob("csw-*"))
