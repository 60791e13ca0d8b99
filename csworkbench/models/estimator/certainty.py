"""A value of a column that settles the outcome of some rows, as a day of leaving does that only leavers have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...errors import Problem
from .encoding import MISSING, Feature
from .refusals import frame_problem

CERTAIN = 0.99
MIN_ROWS = 30
MIN_SHARE = 0.2
FREQUENT = 0.05


@dataclass(frozen=True)
class Leak:
    """A column that knows too much.

    rule: known_after, target_in_disguise, missing_tells, near_perfect or certain_value. roc_auc: of the column alone
    (of the value, for certain_value), NaN for dates.
    """

    column: str
    rule: str
    roc_auc: float
    said: str
    remedy: str

    def problem(self) -> Problem:
        """The leak as a problem with its remedy."""
        return frame_problem(self.column, self.rule, self.said, self.remedy)


def certain(values: np.ndarray, feature: Feature, event: np.ndarray) -> Leak | None:
    """The leak of a value with which 99% of at least 30 rows had the rarer outcome, a fifth of all that had it.

    A value: filled in, empty, a category, or a number or flag that 5% of the rows have.
    """
    rarer = event if event.mean() <= 0.5 else 1 - event
    kind = "had the event" if rarer is event else "were without the event"
    n_all = rarer.sum()
    for name, n, n_rarer in _marks(values, feature, rarer):
        if n >= MIN_ROWS and n_rarer >= CERTAIN * n and n_rarer >= MIN_SHARE * n_all:
            said = f"settles the outcome where it is {name}: {n_rarer:,} of {n:,} such rows {kind}"
            remedy = "Find out when it becomes so; leave it out unless that is before the prediction."
            roc_auc = 0.5 + (n_rarer / n_all - (n - n_rarer) / (len(rarer) - n_all)) / 2
            return Leak(feature.name, "certain_value", float(roc_auc), said, remedy)
    return None


def _marks(values: np.ndarray, feature: Feature, rarer: np.ndarray) -> Iterator[tuple[str, int, int]]:
    """Values with how many rows have them, and how many of these had the rarer outcome."""
    empty = empty_of(values, feature)
    if empty.any():
        yield "filled in", int((~empty).sum()), int(rarer[~empty].sum())
        yield "empty", int(empty.sum()), int(rarer[empty].sum())
    if feature.kind not in ("number", "flag", "category"):
        return
    found, code = np.unique(values[~empty], return_inverse=True)
    n, n_rarer = np.bincount(code), np.bincount(code, rarer[~empty])
    least = MIN_ROWS if feature.is_category else FREQUENT * len(values)
    for place in np.flatnonzero(n >= least):
        yield _shown(found[place], feature), int(n[place]), int(n_rarer[place])


def _shown(value: float, feature: Feature) -> str:
    if feature.levels is not None:
        return f'"{feature.levels[int(value)]}"'
    return ("true" if value else "false") if feature.kind == "flag" else f"{value:,g}"


def empty_of(values: np.ndarray, feature: Feature) -> np.ndarray:
    """Which rows have no value."""
    if not feature.is_category:
        return np.asarray(np.isnan(values))
    levels = feature.levels or ()
    return np.asarray(values == (levels.index(MISSING) if MISSING in levels else np.nan))
