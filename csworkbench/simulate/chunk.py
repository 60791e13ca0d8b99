"""One chunk of accounts with its history, as the tables read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import parameters as p
from .arrays import Coded, Days, Ints, day_between, recorded
from .contracts import Ledger
from .dynamics import History
from .population import Population
from .world import World


@dataclass(frozen=True)
class Chunk:
    """Accounts, their history and their contracts."""

    world: World
    accounts: Population
    history: History
    ledger: Ledger

    def rng(self, purpose: str) -> np.random.Generator:
        """The random stream of one table."""
        return self.world.rng(self.accounts.chunk, purpose)

    def ids(self, rows: Ints) -> Coded:
        """The account id of each row."""
        return Coded(rows, self.accounts.ids)

    def csms(self, codes: Ints) -> Coded:
        """The CSM id of each row; empty where the code is negative."""
        return Coded(codes, csm_ids(self.world))

    def recorded(self, rng: np.random.Generator, days: Days) -> Days:
        """When each fact was written down."""
        return recorded(rng, days, self.world.exported_on, p.LATE_SHARE, p.LATE_MEAN_DAYS)

    def day_in(self, rng: np.random.Generator, rows: Ints, months: Ints) -> Days:
        """A day of that month on which the account was a customer."""
        return day_between(rng, self.history.low[rows, months], self.history.high[rows, months])

    def active_on(self, rows: Ints, days: Days) -> np.ndarray:
        """Whether the account was a customer on that day inside the simulation."""
        month = self.world.months.month_of(days)
        inside = (month >= 0) & (month < self.world.months.n) & ~np.isnat(days)
        month = np.where(inside, month, 0)
        return inside & (self.history.low[rows, month] <= days) & (days <= self.history.high[rows, month])


def csm_ids(world: World) -> list[str]:
    """The ids of the CSMs."""
    digits = max(2, len(str(world.team.n)))
    return [f"M{k + 1:0{digits}d}" for k in range(world.team.n)]
