"""The table of cohorts as a widget whose cells can be chosen by mouse and keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

HERE = Path(__file__).parent


class Grid(anywidget.AnyWidget):
    """table: caption, heads, and rows of key, name, n and cells (text, title, note, depth 0–60, side less or more).

    chosen: key of a row and place of a cell, or empty. busy: what is being worked on, said by screen readers; or empty.
    """

    _esm = HERE / "grid.js"
    _css = HERE / "grid.css"
    table = traitlets.Dict({"caption": "", "heads": [], "rows": []}).tag(sync=True)
    chosen: Any = traitlets.List([]).tag(sync=True)
    busy = traitlets.Unicode("").tag(sync=True)
