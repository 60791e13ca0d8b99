"""Exact Shapley values of a forest, as additive contributions to its log-odds.

The value of a set of features is the tree's average where the other features are unknown, weighted by how many training
rows went either way ("path-dependent" in Lundberg, Erion and Lee 2018, Consistent individualized feature attribution
for tree ensembles, https://arxiv.org/abs/1802.03888). A leaf's part in it is a product over the m features on its way,
one if the row agrees, the share of rows that did if unknown; so its Shapley values depend only on which of the m agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from .switches import Leaf, Switchboard

if TYPE_CHECKING:
    from .forest import Forest


@dataclass(frozen=True)
class Way:
    """The way to a leaf by feature: for every step its feature's place in `features`, and each feature's share."""

    leaf: Leaf
    features: tuple[int, ...]
    places: tuple[int, ...]
    shares: tuple[float, ...]

    def agreeing(self, passes: np.ndarray) -> np.ndarray:
        """For every byte, the set of features that agree with the whole way, as bits. passes: bytes × switches."""
        disagrees = np.zeros(len(passes), dtype=np.int64)
        for (switch, left), place in zip(self.leaf.way, self.places, strict=True):
            disagrees |= (passes[:, switch] != left).astype(np.int64) << place
        return ((1 << len(self.features)) - 1) ^ disagrees


def contributions(forest: Forest, wide: np.ndarray, source: np.ndarray, n_features: int) -> np.ndarray:
    """Log-odds per row × feature; with the forest's expected log-odds they add up to its log-odds.

    source: feature of every widened column.
    """
    parts = list(zip(forest.switchboards, effects(forest, source), strict=True))
    total = np.zeros((n_features, len(wide)))
    for rows, ranks in forest.ranked(wide):
        for board, effect in parts:
            code = board.codes(ranks)
            for feature, values in effect.items():
                total[feature, rows] += values[code]
    return total.T


def effects(forest: Forest, source: np.ndarray) -> list[dict[int, np.ndarray]]:
    """For every part of a tree and every feature in it, the log-odds that it adds per byte."""
    ways = [[_way(forest, board, leaf, source) for leaf in board.leaves] for board in forest.switchboards]
    tables = _tables([way.shares for part in ways for way in part])
    found = []
    for board, part in zip(forest.switchboards, ways, strict=True):
        passes = (np.arange(1 << len(board.nodes))[:, None] >> np.arange(len(board.nodes))) & 1 == 1
        added: dict[int, np.ndarray] = {}
        for way in part:
            values = float(forest.value[way.leaf.node]) * next(tables)[:, way.agreeing(passes)]
            for feature, row in zip(way.features, values, strict=True):
                added[feature] = added[feature] + row if feature in added else row
        found.append(added)
    return found


def _way(forest: Forest, board: Switchboard, leaf: Leaf, source: np.ndarray) -> Way:
    share: dict[int, float] = {}
    places = []
    children = [board.nodes[switch] for switch, _ in leaf.way[1:]] + [leaf.node]
    for (switch, _), child in zip(leaf.way, children, strict=True):
        node = board.nodes[switch]
        feature = int(source[forest.feature[node]])
        share[feature] = share.get(feature, 1.0) * float(forest.cover[child] / forest.cover[node])
        places.append(list(share).index(feature))
    return Way(leaf, tuple(share), tuple(places), tuple(share.values()))


def _tables(shares: Sequence[tuple[float, ...]]) -> Iterator[np.ndarray]:
    of_size: dict[int, list[int]] = defaultdict(list)
    for number, several in enumerate(shares):
        of_size[len(several)].append(number)
    found: list[np.ndarray] = [np.empty(0)] * len(shares)
    for numbers in of_size.values():
        for number, table in zip(numbers, leaf_tables(np.array([shares[n] for n in numbers])), strict=True):
            found[number] = table
    return iter(found)


def leaf_tables(shares: np.ndarray) -> np.ndarray:
    """Shapley values of products over m features: leaves × features × sets of features that agree, as bits.

    shares: leaves × m. A known feature counts 1 if it agrees and 0 if not; an unknown one counts its share.
    """
    n, m = shares.shape
    agree = (np.arange(1 << m) >> np.arange(m)[:, None]) & 1
    found = np.empty((n, m, 1 << m))
    for feature in range(m):
        others = [place for place in range(m) if place != feature]
        found[:, feature] = (agree[feature] - shares[:, [feature]]) * _mean_product(agree[others], shares[:, others])
    return found


def _mean_product(agree: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Leaves × sets: product of the others, averaged over all orders in which they become known."""
    m = len(agree) + 1
    by_size = np.zeros((m, len(shares), agree.shape[1]))
    by_size[0] = 1.0
    for place in range(m - 1):
        known = by_size[:-1] * agree[place]
        by_size *= shares[:, [place]]
        by_size[1:] += known
    weight = [factorial(size) * factorial(m - size - 1) / factorial(m) for size in range(m)]
    return np.tensordot(weight, by_size, axes=1)
