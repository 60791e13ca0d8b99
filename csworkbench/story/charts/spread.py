"""Labels beside each other without covering one another."""

from __future__ import annotations

from collections.abc import Sequence


def apart(heights: Sequence[float], gap: float) -> list[float]:
    """Ascending heights moved as little as needed so that neighbours are at least `gap` apart."""
    placed = list(heights)
    for _ in range(60):
        for at in range(len(placed) - 1):
            short = gap - (placed[at + 1] - placed[at])
            if short > 1e-12:
                placed[at] -= short / 2
                placed[at + 1] += short / 2
    return placed
