"""How long the rest of a run will take, told from the packs that are done."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable

from .plan import Pack
from .results import Result


class Remaining:
    """The packs that are left, and how long those of their kinds took so far. jobs: packs at a time."""

    def __init__(self, packs: Iterable[Pack], jobs: int) -> None:
        self._left, self._jobs = Counter(pack.kind for pack in packs), jobs
        self._taken: dict[str, list[float]] = {}
        self._all: list[float] = []

    def done(self, result: Result) -> None:
        """Take a pack off; it counts for those that are left when it was really made."""
        self._left[result.pack.kind] -= 1
        if result.attempt:
            insort(self._taken.setdefault(result.pack.kind, []), result.seconds)
            insort(self._all, result.seconds)

    @property
    def seconds(self) -> float | None:
        """Seconds until all packs are done; None before one has been made.

        Each pack that is left counts as the median of its kind so far, of all kinds where none of its kind is done; a
        single slow or failed pack therefore moves little.
        """
        if not self._all:
            return None
        left = +self._left
        work = sum(n * _median(self._taken.get(kind, self._all)) for kind, n in left.items())
        return work / max(1, min(self._jobs, left.total()))


def _median(ordered: list[float]) -> float:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
