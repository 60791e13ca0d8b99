"""Models that prove themselves: scores, reasons, and how often they were right. Names load what they need when used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .churn import ChurnModel
    from .estimator.leaks import find_leaks
    from .estimator.storage import describe_model, load_model, save_model
    from .upsell import UpsellModel

__all__ = ["ChurnModel", "UpsellModel", "describe_model", "find_leaks", "load_model", "save_model"]

_PLACES = {
    "ChurnModel": "churn",
    "UpsellModel": "upsell",
    "describe_model": "estimator.storage",
    "find_leaks": "estimator.leaks",
    "load_model": "estimator.storage",
    "save_model": "estimator.storage",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
