"""csworkbench: a company's exports in, checked numbers and quarterly business review packs out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from . import metrics
    from .data.snapshot import Snapshot, View
    from .data.store import open_snapshot
    from .data.workspace import Workspace, open_workspace
    from .errors import CsworkbenchError, Refusal
    from .explore.desk import open_desk


_HOMES = {
    "CsworkbenchError": "errors",
    "Refusal": "errors",
    "Snapshot": "data.snapshot",
    "View": "data.snapshot",
    "Workspace": "data.workspace",
    "open_desk": "explore.desk",
    "open_snapshot": "data.store",
    "open_workspace": "data.workspace",
}

__all__ = [
    "CsworkbenchError",
    "Refusal",
    "Snapshot",
    "View",
    "Workspace",
    "__version__",
    "metrics",
    "open_desk",
    "open_snapshot",
    "open_workspace",
]


def __getattr__(name: str) -> Any:
    """The names of the front door, brought when they are first asked for."""
    from importlib import import_module

    if name == "metrics":
        return import_module(".metrics", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
