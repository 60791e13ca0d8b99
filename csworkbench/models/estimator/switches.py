"""A tree cut into parts of at most eight switches, so that a row's path is one byte and its outcome one look-up.

A part holds some leaves of a tree and every inner node on the way to them. One byte says which of these nodes a row
passes to the left; a table of 256 entries says which leaf that is, and what each feature has added on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .forest import Forest, Ranks

MAX_SWITCHES = 8
Step = tuple[int, bool]


@dataclass(frozen=True)
class Leaf:
    """A leaf and the way to it: (switch, to the left) from the root on."""

    node: int
    way: tuple[Step, ...]


@dataclass(frozen=True)
class Switchboard:
    """A part of a tree.

    nodes: inner nodes, one per bit. asks: (column, cut number, missing goes left) per bit. leaves: its leaves.
    values: log-odds per byte, 0 where the row ends in another part of the tree.
    """

    nodes: tuple[int, ...]
    asks: tuple[tuple[int, int, bool], ...]
    leaves: tuple[Leaf, ...]
    values: np.ndarray

    def codes(self, ranks: Ranks) -> np.ndarray:
        """One byte per row."""
        column, cut, missing_left = self.asks[0]
        code = ranks.left(column, cut, missing_left).view(np.uint8)
        for bit, (column, cut, missing_left) in enumerate(self.asks[1:], start=1):
            code = code | (ranks.left(column, cut, missing_left).view(np.uint8) << np.uint8(bit))
        return code


def passed(way: tuple[Step, ...], n_switches: int) -> np.ndarray:
    """For every byte, whether all these steps are taken."""
    taken = sum(1 << switch for switch, _ in way)
    wanted = sum(1 << switch for switch, left in way if left)
    return np.asarray((np.arange(1 << n_switches) & taken) == wanted)


def switchboards(forest: Forest) -> Iterator[Switchboard]:
    """All trees, cut."""
    for root in forest.first:
        if forest.left[root] >= 0:
            yield from _cut(forest, int(root), ())


def _cut(forest: Forest, node: int, above: tuple[tuple[int, bool], ...]) -> Iterator[Switchboard]:
    below = _inner(forest, node)
    if len(above) + len(below) <= MAX_SWITCHES or not below:
        yield _board(forest, node, above, below)
        return
    for child, left in ((forest.left[node], True), (forest.right[node], False)):
        yield from _cut(forest, int(child), (*above, (node, left)))


def _inner(forest: Forest, node: int) -> list[int]:
    left, right = int(forest.left[node]), int(forest.right[node])
    return [] if left < 0 else [node, *_inner(forest, left), *_inner(forest, right)]


def _board(forest: Forest, node: int, above: tuple[tuple[int, bool], ...], below: list[int]) -> Switchboard:
    nodes = (*(ancestor for ancestor, _ in above), *below)
    bit = {inner: place for place, inner in enumerate(nodes)}
    start = tuple((bit[ancestor], left) for ancestor, left in above)
    leaves = tuple(_leaves(forest, node, start, bit))
    values = np.zeros(1 << len(nodes))
    for leaf in leaves:
        values[passed(leaf.way, len(nodes))] = forest.value[leaf.node]
    return Switchboard(nodes, tuple(_ask(forest, inner) for inner in nodes), leaves, values)


def _leaves(forest: Forest, node: int, way: tuple[Step, ...], bit: dict[int, int]) -> Iterator[Leaf]:
    if forest.left[node] < 0:
        yield Leaf(node, way)
        return
    for child, left in ((forest.left[node], True), (forest.right[node], False)):
        yield from _leaves(forest, int(child), (*way, (bit[node], left)), bit)


def _ask(forest: Forest, node: int) -> tuple[int, int, bool]:
    column = int(forest.feature[node])
    cut = int(np.searchsorted(forest.cuts[column], forest.threshold[node]))
    return column, cut, bool(forest.missing_left[node])
