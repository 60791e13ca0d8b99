"""How long the rest of a run will take, told from the packs that are done."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from .plan import Pack
from .results import Result


def left_seconds(packs: Sequence[Pack], results: Sequence[Result], jobs: int) -> float | None:
    """Seconds until all packs are done when `jobs` of them are made at a time; None before one has been made.

    Each pack that is left counts as the median of its kind so far, of all kinds where none of its kind is done; a
    single slow or failed pack therefore moves little.
    """
    taken: dict[str, list[float]] = {}
    for result in results:
        if result.attempt:
            taken.setdefault(result.pack.kind, []).append(result.seconds)
    if not taken:
        return None
    overall = median(second for seconds in taken.values() for second in seconds)
    done = {result.pack.name for result in results}
    left = [pack.kind for pack in packs if pack.name not in done]
    work = sum(median(taken[kind]) if kind in taken else overall for kind in left)
    return work / max(1, min(jobs, len(left))) if left else 0.0
