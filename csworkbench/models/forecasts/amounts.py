"""By how much an account's MRR changes when it changes: past changes, relative to what was paid, by kind of account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STRENGTH = 20.0
LEAST_FENCE = 1.0


@dataclass(frozen=True)
class Amounts:
    """Past relative changes of one kind (expansion or contraction), pooled by cell and over all.

    values: changes relative to the MRR before, above 0, all cells one after the other, then those of all cells again.
    starts, sizes: where the pool of each cell lies in `values`; the last pool is that of all. trust: probability that
    a change of a cell is drawn from its own pool, n / (n + 20), else from that of all. cells: names in order.
    """

    values: Floats
    starts: Ints
    sizes: Ints
    trust: Floats
    cells: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many changes were seen."""
        return int(self.sizes[-1])

    def codes(self, cells: pd.Series) -> Ints:
        """The pool of each account by the name of its cell; the pool of all for a cell never seen."""
        places = {name: place for place, name in enumerate(self.cells)}
        return np.array([places.get(str(cell), len(self.cells)) for cell in cells], dtype=np.int64)

    def mean(self, codes: Ints, power: int = 1) -> Floats:
        """Expected relative change (to that power) of accounts with these pools, given that they change.

        0 when none was ever seen.
        """
        if not self.n:
            return np.zeros(len(codes))
        means = np.add.reduceat(self.values**power, self.starts) / self.sizes
        trust = self.trust[codes]
        return np.asarray(trust * means[codes] + (1 - trust) * means[-1], dtype=np.float64)

    def quantile(self, codes: Ints, share: float) -> Floats:
        """The relative change below which this share of changes lies, per account; 0 when none was ever seen."""
        if not self.n:
            return np.zeros(len(codes))
        found = np.array([self._quantile(pool, share) for pool in range(len(self.sizes))])
        return np.asarray(found[codes], dtype=np.float64)

    def _quantile(self, pool: int, share: float) -> float:
        """Of the mixture of a pool, as far as it is trusted, and the pool of all."""
        own, every = self._pool(pool), self._pool(len(self.cells))
        weights = [
            np.full(len(own), self.trust[pool] / len(own)),
            np.full(len(every), (1 - self.trust[pool]) / len(every)),
        ]
        values, weight = np.concatenate([own, every]), np.concatenate(weights)
        order = np.argsort(values, kind="stable")
        place = int(np.searchsorted(np.cumsum(weight[order]), share - 1e-12))
        return float(values[order[min(place, len(values) - 1)]])

    def _pool(self, pool: int) -> Floats:
        return self.values[self.starts[pool] : self.starts[pool] + self.sizes[pool]]

    def drawn(self, codes: Ints, rng: np.random.Generator) -> Floats:
        """One relative change for each pool in `codes`; 0 when none was ever seen."""
        if not self.n:
            return np.zeros(len(codes))
        pool = np.where(rng.random(len(codes)) < self.trust[codes], codes, len(self.cells))
        place = self.starts[pool] + (rng.random(len(codes)) * self.sizes[pool]).astype(np.int64)
        return np.asarray(self.values[place], dtype=np.float64)


def amounts(change: pd.Series, cell: pd.Series) -> Amounts:
    """The pools of past changes.

    change: relative changes above 0, one per past change; those beyond the outer fence (third quartile + 3 × the
    interquartile range, Tukey 1977, and at least a doubling) count as the fence. cell: name of the account's cell.
    """
    given = pd.DataFrame({"change": fenced(change.to_numpy(dtype=np.float64)), "cell": cell.astype("str").to_numpy()})
    given = given.sort_values(["cell", "change"], ignore_index=True)
    counts = given.groupby("cell").size()
    sizes = np.append(counts.to_numpy(dtype=np.int64), len(given))
    starts = np.append(0, np.cumsum(sizes[:-1])).astype(np.int64)
    values = np.concatenate([given["change"].to_numpy(), np.sort(given["change"].to_numpy())])
    trust = np.append(sizes[:-1] / (sizes[:-1] + STRENGTH), 1.0)
    return Amounts(values, starts, sizes, trust, tuple(counts.index))


def fenced(change: Floats) -> Floats:
    """The changes with those beyond the outer fence drawn in to it."""
    if not len(change):
        return change
    first, third = np.quantile(change, [0.25, 0.75])
    return np.minimum(change, max(third + 3 * (third - first), LEAST_FENCE))
