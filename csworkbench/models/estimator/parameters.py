"""What the parameters of an estimator may be."""

from __future__ import annotations

from datetime import date, datetime
from numbers import Integral
from typing import Any

MAX_SEED = 2**32 - 1
CHOICES = {"few_events": ("refuse", "base_rate"), "on_leak": ("refuse", "warn", "ignore")}


def judge_parameters(
    *, seed: Any, n_folds: Any, max_rows: Any, min_events: Any, few_events: Any, on_leak: Any, as_of: Any
) -> None:
    """Raise ValueError for the first parameter that cannot be meant."""
    _one_of("few_events", few_events)
    _one_of("on_leak", on_leak)
    _whole("n_folds", n_folds, 2, 100)
    _whole("min_events", min_events, 0, None)
    _whole("max_rows", max_rows, 2 * max(min_events, 2), None)
    _whole("seed", seed, 0, MAX_SEED - n_folds)
    if as_of is not None and not isinstance(as_of, date):
        raise ValueError(f"as_of is {as_of!r}; it must be a date")


def day_of(as_of: date | None) -> date | None:
    """The day, without the time of a timestamp."""
    return as_of.date() if isinstance(as_of, datetime) else as_of


def _one_of(name: str, value: Any) -> None:
    if value not in CHOICES[name]:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(CHOICES[name])}")


def _whole(name: str, value: Any, low: int, high: int | None) -> None:
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        reach = f"from {low:,} on" if high is None else f"from {low:,} to {high:,}"
        raise ValueError(f"{name} is {value!r}; it must be a whole number {reach}")


def plain_of(value: Any) -> int | str | None:
    """The value as JSON has it."""
    if isinstance(value, date):
        return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    return int(value) if isinstance(value, Integral) else value
