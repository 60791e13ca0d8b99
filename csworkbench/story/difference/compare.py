"""Two quarters side by side, whole: the book and every segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ...data.asof import ALL
from ...errors import CsworkbenchError
from .basis import basis, restated
from .lists import lists
from .moved import moved
from .told import Told


@dataclass(frozen=True)
class Difference:
    """What changed from `old` to `new` (labels of quarters), for the book ("all") or a segment.

    frames: moved, lists, basis and restated, as the functions of these names describe them; moved and restated have a
    column segment in front.
    """

    old: str
    new: str
    frames: Mapping[str, pd.DataFrame]

    @property
    def is_empty(self) -> bool:
        """Whether nothing moved, entered, left or was told anew."""
        still = (self.frames["moved"]["change"].fillna(0.0) == 0).all()
        return bool(still) and all(self.frames[name].empty for name in ("lists", "basis", "restated"))


def compare(old: Told, new: Told, segment: str | None = None) -> Difference:
    """The difference of two quarters of one company, or twice of the same quarter.

    segment: only that one; else all together and every segment that both have. CsworkbenchError where the two are in
    different currencies, for then no amount can be compared.
    """
    currencies = [told.settings.company.currency for told in (old, new)]
    if currencies[0] != currencies[1]:
        raise CsworkbenchError(
            f"the two are in different currencies, {currencies[0]} and {currencies[1]}. Measure one of them again in"
            " the other's currency."
        )
    units = [segment] if segment else [ALL, *_segments(old, new)]
    frames = {
        "moved": _each(units, [moved(old, new, unit) for unit in units]),
        "lists": lists(old, new, segment or ALL),
        "basis": basis(old, new),
        "restated": _each(units, [restated(old, new, unit) for unit in units]),
    }
    return Difference(old.quarter, new.quarter, frames)


def _each(units: list[str], parts: list[pd.DataFrame]) -> pd.DataFrame:
    named = [part.assign(segment=unit) for unit, part in zip(units, parts, strict=True)]
    found = pd.concat([part for part in named if len(part)] or named[:1], ignore_index=True)
    return found[["segment", *(name for name in found if name != "segment")]]


def _segments(old: Told, new: Told) -> list[str]:
    """Segments that are in both, in alphabetical order."""
    known = [set() if (frame := told.frame("mrr_trend")) is None else set(frame["segment"]) for told in (old, new)]
    return sorted((known[0] & known[1]) - {ALL})
