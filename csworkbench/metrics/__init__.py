"""Revenue, retention, adoption, journey and service: canonical tables in, small frames out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import adoption, cohorts, journey, quarter, renewals, revenue, service

__all__ = ["adoption", "cohorts", "journey", "quarter", "renewals", "revenue", "service"]


def __getattr__(name: str) -> Any:
    """A module of measures, brought when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f".{name}", __name__)


def __dir__() -> list[str]:
    return sorted(__all__)
