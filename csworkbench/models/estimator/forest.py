"""Boosted trees as plain arrays, and their log-odds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from .switches import Switchboard, switchboards

CHUNK_ROWS = 1 << 14
_NODE_NUMBERS = ("first", "left", "right")


@dataclass(frozen=True)
class Forest:
    """Trees one after another. A node sends a row left where value ≤ threshold, or where it is missing and
    missing_left is set. Children are node numbers after their parent's; leaves have left = right = −1.

    first: first node of each tree. feature: column of the widened matrix. value: log-odds added by a leaf.
    cover: training rows that reached the node. base: log-odds before any tree.
    """

    base: float
    first: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    missing_left: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    cover: np.ndarray

    @cached_property
    def switchboards(self) -> list[Switchboard]:
        """The trees cut into parts of few switches."""
        return list(switchboards(self))

    @cached_property
    def expected(self) -> float:
        """Log-odds averaged over the training rows."""
        leaf = self.left < 0
        tree = np.searchsorted(self.first, np.arange(len(self.left)), side="right") - 1
        share = self.cover / self.cover[self.first][tree]
        return self.base + float((self.value * share)[leaf].sum())

    def log_odds(self, wide: np.ndarray) -> np.ndarray:
        """Log-odds per row of the widened matrix."""
        total = np.full(len(wide), self.base)
        for rows, ranks in self.ranked(wide):
            for board in self.switchboards:
                total[rows] += board.values[board.codes(ranks)]
        return total

    def ranked(self, wide: np.ndarray) -> Iterator[tuple[slice, Ranks]]:
        """Chunks of rows, values replaced by their rank among the thresholds."""
        for start in range(0, len(wide), CHUNK_ROWS):
            rows = slice(start, min(start + CHUNK_ROWS, len(wide)))
            yield rows, Ranks(wide[rows], self.cuts)

    @cached_property
    def cuts(self) -> dict[int, np.ndarray]:
        """Sorted thresholds of every column that a tree asks for."""
        inner = self.left >= 0
        return {
            int(column): np.unique(self.threshold[inner & (self.feature == column)])
            for column in np.unique(self.feature[inner])
        }


class Ranks:
    """Columns as ranks among their thresholds: value ≤ cut number j where rank ≤ j; missing ranks last."""

    def __init__(self, wide: np.ndarray, cuts: dict[int, np.ndarray]) -> None:
        self.rank = {column: np.searchsorted(cut, wide[:, column]).astype(np.uint16) for column, cut in cuts.items()}
        self.missing = {column: gaps for column in cuts if (gaps := np.isnan(wide[:, column])).any()}

    def left(self, column: int, cut: int, missing_left: bool) -> np.ndarray:
        """Which rows go left."""
        found: np.ndarray = self.rank[column] <= cut
        return found | self.missing[column] if missing_left and column in self.missing else found


def joined(forests: Sequence[Forest]) -> Forest:
    """One forest whose log-odds are the average of the given ones."""
    k = len(forests)
    shifts = np.cumsum([0, *(len(forest.left) for forest in forests)])[:-1]
    shifted: dict[str, list[Any]] = {field.name: [] for field in fields(Forest) if field.name != "base"}
    for forest, shift in zip(forests, shifts, strict=True):
        for name, parts in shifted.items():
            part = getattr(forest, name)
            parts.append(np.where(part >= 0, part + shift, -1) if name in _NODE_NUMBERS else part)
    shifted["value"] = [value / k for value in shifted["value"]]
    base = float(np.mean([forest.base for forest in forests]))
    return Forest(base, **{name: np.concatenate(parts) for name, parts in shifted.items()})
