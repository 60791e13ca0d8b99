"""Cohorts as groups of customers: taken together where they are small, and compared with the rest of the book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...metrics.intervals import SMALLEST_GROUP
from ..scene import ALL, Scene
from .wording import is_small

YEAR = 4
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Neighbouring cohorts taken together. labels: their quarters; base: accounts, or MRR in period 0.

    kept: what is left of the base in each period from 0; NaN where the period is not over for all of them.
    """

    labels: tuple[str, ...]
    n: int
    base: float
    kept: Floats

    @property
    def shares(self) -> Floats:
        """Share of the base that is left in each period; all NaN for fewer than five accounts."""
        if is_small(self.n) or not self.base:
            return np.full(len(self.kept), np.nan)
        return self.kept / self.base

    def __add__(self, other: Group) -> Group:
        return Group(self.labels + other.labels, self.n + other.n, self.base + other.base, self.kept + other.kept)

    def __sub__(self, other: Group) -> Group:
        kept = np.where(np.isfinite(self.kept), self.kept - np.nan_to_num(other.kept), np.nan)
        return Group(self.labels, self.n - other.n, self.base - other.base, kept)


@dataclass(frozen=True)
class Together:
    """The customers old enough for the period of the message; rest: the same of the rest of the book, or None."""

    period: int
    group: Group
    rest: Group | None = None

    @property
    def share(self) -> float:
        """What is left of them in that period."""
        return float(self.group.shares[self.period])

    @property
    def rest_share(self) -> float | None:
        """The same of the rest of the book; None without one or with too few accounts."""
        share = self.rest.shares[self.period] if self.rest else np.nan
        return float(share) if np.isfinite(share) else None


def cohort_groups(scene: Scene, unit: str, segment: str) -> list[Group]:
    """Every cohort of that part of the book, oldest first."""
    frame = scene.frame("cohorts")
    mine = frame[(frame["segment"] == segment) & (frame["unit"] == unit) & (frame["rule"] == "on") & (frame["n"] > 0)]
    width = int(frame["period"].max()) + 1 if len(frame) else 0
    found = []
    for label, rows in mine.groupby("cohort", sort=True):
        kept = np.full(width, np.nan)
        kept[rows["period"].to_numpy()] = rows["value"].where(rows["mature"]).to_numpy(dtype=float)
        n = int(rows["n"].iloc[0])
        found.append(Group((str(label),), n, float(n) if unit == "logo" else float(np.nan_to_num(kept[0])), kept))
    return found


def pooled(groups: Sequence[Group]) -> list[Group]:
    """Neighbouring cohorts taken together, from the oldest, until each holds five accounts; the last may hold fewer."""
    found: list[Group] = []
    for group in groups:
        if found and is_small(found[-1].n):
            found[-1] += group
        else:
            found.append(group)
    return found


def _old_enough(groups: Sequence[Group], period: int) -> Group | None:
    old = [group for group in groups if np.isfinite(group.kept[period])]
    total = old[0] if old else None
    for group in old[1:]:
        assert total is not None
        total += group
    return total


def oldest_together(scene: Scene, unit: str, groups: Sequence[Group]) -> Together | None:
    """All customers old enough for four quarters, else for the longest period that five are old enough for."""
    width = len(groups[0].kept) if groups else 0
    for period in range(min(YEAR, width - 1), 0, -1):
        total = _old_enough(groups, period)
        if total and not is_small(total.n) and total.base:
            return Together(period, total, _rest(scene, unit, total, period))
    return None


def _rest(scene: Scene, unit: str, mine: Group, period: int) -> Group | None:
    if scene.segment is None:
        return None
    book = _old_enough(cohort_groups(scene, unit, ALL), period)
    return book - mine if book and book.n - mine.n >= SMALLEST_GROUP else None
