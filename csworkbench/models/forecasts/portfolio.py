"""The MRR of a book of accounts one quarter ahead, from each account's probabilities: closed form and simulation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from .amounts import Amounts, Ints
from .dispersion import Spread

Floats = NDArray[np.float64]

OUTCOMES = ("churn", "contraction", "expansion")
CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Book:
    """Accounts that pay, and what may become of each within the quarter.

    mrr: currency per month, above 0. chances: outcome × account, probabilities of the three exclusive outcomes of
    `OUTCOMES`, summing to at most 1 per account. cells: by outcome with an amount, the pool of each account.
    amounts: by outcome, the relative changes. Churn takes the whole MRR.
    """

    mrr: Floats
    chances: Floats
    cells: Mapping[str, Ints]
    amounts: Mapping[str, Amounts]

    def size(self, name: str, power: int = 1) -> Floats:
        """Per account: expected MRR (to that power) that moves, given that the outcome happens."""
        if name == "churn":
            return np.asarray(self.mrr**power)
        return np.asarray(self.mrr**power * self.amounts[name].mean(self.cells[name], power))

    @property
    def expected(self) -> Floats:
        """Outcome × account: expected MRR lost by churn, lost by contraction, won by expansion; currency per month."""
        return np.asarray(self.chances * np.stack([self.size(name) for name in OUTCOMES]))

    def shifted(self, shifts: Mapping[str, float]) -> Book:
        """The book with the log-odds of each outcome moved by its shift."""
        moved = shifted(self.chances, np.array([[shifts[name]] for name in OUTCOMES]))
        return replace(self, chances=moved[:, :, 0])

    def total_at(self, name: str, levels: Floats) -> Floats:
        """MRR that the whole book is expected to move by one outcome, at each shift of its log-odds."""
        chance = self.chances[OUTCOMES.index(name)]
        odds = np.exp(levels)[:, None] * chance
        return np.asarray((odds / (1 - chance + odds)) @ self.size(name))

    def variance(self, name: str) -> float:
        """Variance of the MRR that the whole book moves by one outcome, when accounts are independent."""
        chance = self.chances[OUTCOMES.index(name)]
        return float((chance * self.size(name, 2) - (chance * self.size(name)) ** 2).sum())


def exclusive(p_churn: Floats, p_contraction: Floats, p_expansion: Floats) -> Floats:
    """The three probabilities as outcome × account, scaled down where they sum to more than 1."""
    chances = np.clip(np.stack([p_churn, p_contraction, p_expansion]).astype(np.float64), 0.0, 1.0)
    return np.asarray(chances / np.maximum(chances.sum(axis=0), 1.0))


def shifted(chances: Floats, shocks: Floats) -> Floats:
    """The chances after common shocks on the log-odds against "nothing happens".

    chances: outcome × account. shocks: outcome × draw. Returns outcome × account × draw. A certain outcome stays so.
    """
    weights = chances[:, :, None] * np.exp(shocks)[:, None, :]
    nothing = np.clip(1 - chances.sum(axis=0), 0.0, 1.0)[:, None]
    return np.asarray(weights / (weights.sum(axis=0) + nothing))


@dataclass(frozen=True)
class Moves:
    """MRR moved in simulated quarters. owners: names, sorted. money: outcome × owner × draw, currency per month."""

    owners: tuple[str, ...]
    money: Floats

    def of(self, chosen: Collection[str]) -> Floats:
        """Outcome × draw: what the chosen owners' accounts moved together."""
        place = [k for k, owner in enumerate(self.owners) if owner in chosen]
        return np.asarray(self.money[:, place].sum(axis=1))

    def by(self, group: Mapping[str, int], n_groups: int) -> Floats:
        """Outcome × group × draw: what the accounts of all owners of a group moved. group: owner → its number."""
        place = [group[owner] for owner in self.owners]
        belongs = sparse.csr_array((np.ones(len(place)), (place, np.arange(len(place)))), shape=(n_groups, len(place)))
        return np.stack([belongs @ money for money in self.money])


def simulated(book: Book, owners: pd.Series, spreads: Mapping[str, Spread], n_draws: int, seed: int) -> Moves:
    """MRR moved per owner in each of n_draws simulated quarters.

    owners: text, the owner of each account of the book, in its order. spreads: by outcome, how common shocks move its
    odds. The result depends on the order of the accounts only by chance; sort them for repeatable numbers.
    """
    rng = np.random.default_rng(seed)
    names, place = np.unique(owners.to_numpy(dtype=str), return_inverse=True)
    n = len(book.mrr)
    belongs = sparse.csr_array((np.ones(n), (place, np.arange(n))), shape=(len(names), n))
    shocks = np.stack([spreads[name].drawn(n_draws, rng) for name in OUTCOMES])
    parts = [_moved(book, shocks[:, batch], belongs, rng) for batch in _batches(n, n_draws)]
    return Moves(tuple(names.tolist()), np.concatenate(parts, axis=2))


def _batches(n: int, n_draws: int) -> Iterator[slice]:
    """Slices of the draws, each with a bounded number of account × draw cells."""
    at_once = max(CELLS_AT_ONCE // max(n, 1), 1)
    return (slice(first, first + at_once) for first in range(0, n_draws, at_once))


def _moved(book: Book, shocks: Floats, belongs: sparse.csr_array, rng: np.random.Generator) -> Floats:
    """Outcome × owner × draw: MRR moved in the draws of one batch."""
    chances = shifted(book.chances, shocks)
    draw = rng.random(chances.shape[1:])
    bounds = np.cumsum(chances, axis=0)
    happened = [draw < bounds[0], (draw >= bounds[0]) & (draw < bounds[1]), (draw >= bounds[1]) & (draw < bounds[2])]
    money = [_money(book, name, hit, rng) for name, hit in zip(OUTCOMES, happened, strict=True)]
    return np.stack([(belongs @ moved).toarray() for moved in money])


def _money(book: Book, name: str, happened: NDArray[np.bool_], rng: np.random.Generator) -> sparse.csr_array:
    """Account × draw: the MRR of the accounts to which the outcome happened in a draw."""
    row, draw = np.nonzero(happened)
    share = 1.0 if name == "churn" else book.amounts[name].drawn(book.cells[name][row], rng)
    return sparse.csr_array((book.mrr[row] * share, (row, draw)), shape=happened.shape)
