"""Making one pack from first to last, in this process or on a worker of a cluster: what goes in and what comes out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .execute import Failure, execute
from .leash import Leashes
from .plan import Pack
from .publish import render_pack
from .redact import redactor, secrets_shown
from .results import CellTime
from .tasks import PackTask


@dataclass(frozen=True)
class Made:
    """What came of a task. outcome: one of ledger.OUTCOMES. html: of the pack, when it succeeded.

    cell: 1-based, of those in the template; None where no cell is to blame. reason: redacted.
    """

    outcome: str
    reason: str = ""
    cell: int | None = None
    seconds: float = 0.0
    html: bytes = b""
    cells: tuple[CellTime, ...] = ()


def make(task: PackTask, leashes: Leashes | None = None, paths: Mapping[str, str] | None = None) -> Made:
    """The pack of a task; nothing that goes wrong in it is raised.

    leashes: hold its kernel while it lives. paths: folder as the task names it → where it lies on this machine.
    """
    started = time.monotonic()
    redact = redactor(os.environ, {str(Path.home()): "~"})
    try:
        notebook = execute(_placed(task, paths or {}), task.limits, leashes or Leashes())
        html = render_pack(notebook, task.page)
        if shown := secrets_shown(html, os.environ):
            raise Failure("render_error", f"the page would show the value of {', '.join(shown)} of the environment")
        return Made("succeeded", "", None, _since(started), html.encode(), tuple(_cell_times(notebook)))
    except Failure as failure:
        return Made(failure.outcome, redact(failure.reason), failure.cell, _since(started))
    except Exception as error:
        return Made("render_error", redact(f"{type(error).__name__}: {error}"), seconds=_since(started))


def _placed(task: PackTask, paths: Mapping[str, str]) -> Pack:
    """The pack with its folders where they lie on this machine."""
    own = {name: paths.get(str(task.pack.parameters[name]), task.pack.parameters[name]) for name in task.folders}
    return replace(task.pack, parameters={**task.pack.parameters, **own})


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)


def _cell_times(notebook: Any) -> Iterator[CellTime]:
    """Seconds of each code cell as the client measured them; the injected parameters are no cell of the template."""
    place = 0
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        place += "injected-parameters" not in tags
        seconds = cell.metadata.get("papermill", {}).get("duration")
        if cell.cell_type == "code" and seconds is not None and "injected-parameters" not in tags:
            yield CellTime(place, round(float(seconds), 3))
