"""What a book of accounts will have won and lost at the end of the next quarter, with a 90% prediction interval."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...metrics.accounts import csm_names
from ...metrics.calendar import Quarter
from ...metrics.intervals import SMALLEST_GROUP
from ..threads import one_thread
from .forecaster import Ahead, Forecaster
from .portfolio import Floats, simulated

LEVEL = 0.90
MOST_DRAWS, DRAWN_CELLS, FEWEST_DRAWS = 4_000, 3_000_000, 500
MEASURES = ("nnmrr", "churn", "contraction", "expansion", "mrr_close", "grr", "nrr")


@one_thread()
def forecast(forecaster: Forecaster, as_of: date) -> pd.DataFrame:
    """The frame `forecast` of the quarter that begins after `as_of`, the last day of a quarter.

    expected is exact (of segments it sums to that of all); low and high are the 90% prediction interval of simulated
    quarters, widened to hold the expectation. Money per month; mrr_close and the rates are those of the accounts that
    pay on `as_of`, new business left out. Rates of fewer than 5 accounts are left out.
    """
    snapshot = forecaster.snapshot
    quarter = Quarter.of(as_of, snapshot.settings.company.fiscal_year_start).next
    ahead = forecaster.ahead(as_of)
    names = csm_names(snapshot.as_of(as_of))
    books = _books(ahead, forecaster.seed)
    rows = [
        row for kind, owner, money, drawn, opened, n in books for row in _rows(kind, owner, money, drawn, opened, n)
    ]
    columns = ["owner_kind", "owner", "measure", "expected", "low", "high", "n_accounts"]
    found = pd.DataFrame(rows, columns=columns).assign(quarter=quarter.label)
    return found.assign(name=[names.get(owner, owner) for owner in found["owner"]])


def _books(ahead: Ahead, seed: int) -> Iterator[tuple[str, str, Floats, Floats, float, int]]:
    """Of every owner: kind, name, expected money by outcome, drawn money (outcome × draw), opening MRR, accounts."""
    accounts = ahead.accounts
    cell = accounts["segment"].astype("str") + "\x1f" + accounts["csm_id"].astype("str")
    n_draws = int(np.clip(DRAWN_CELLS // max(len(accounts), 1), FEWEST_DRAWS, MOST_DRAWS))
    moves = simulated(ahead.book, cell[ahead.open], ahead.spreads, n_draws, seed)
    for kind, owner in (
        ("all", pd.Series("company", accounts.index)),
        ("segment", accounts["segment"]),
        ("csm", accounts["csm_id"]),
    ):
        names, place = np.unique(owner.to_numpy(dtype=str), return_inverse=True)
        expected, certain = (_by_owner(money, place, len(names)) for money in (ahead.expected, ahead.certain))
        drawn = moves.by(dict(zip(cell, place, strict=True)), len(names)) + certain[:, :, None]
        opened, n = np.bincount(place, accounts["mrr"]), np.bincount(place)
        for k, name in enumerate(names):
            yield kind, str(name), expected[:, k], drawn[:, k], float(opened[k]), int(n[k])


def _by_owner(money: Floats, place: NDArray[np.intp], n_owners: int) -> Floats:
    """Outcome × owner: sums of outcome × account."""
    return np.stack([np.bincount(place, of, n_owners) for of in money])


def _rows(kind: str, owner: str, money: Floats, drawn: Floats, opened: float, n: int) -> Iterator[tuple[object, ...]]:
    means, draws = measures(money, opened), measures(drawn, opened)
    every = np.stack([draws[name] for name in MEASURES])
    limits = np.quantile(every, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1).T
    for name, (low, high) in zip(MEASURES, limits.tolist(), strict=True):
        if name in ("grr", "nrr") and (n < SMALLEST_GROUP or opened <= 0):
            continue
        mean = float(means[name])
        yield kind, owner, name, mean, min(low, mean), max(high, mean), n


def measures(money: Floats, opened: float | Floats) -> dict[str, Floats]:
    """Every measure of the forecast from the MRR that moved. money: outcome first. opened: MRR at the opening."""
    churn, contraction, expansion = money
    net = expansion - contraction - churn
    share = np.where(np.asarray(opened) > 0, opened, np.nan)
    rates = {"grr": 1 - (churn + contraction) / share, "nrr": 1 + net / share}
    return dict(zip(MEASURES, (net, churn, contraction, expansion, opened + net), strict=False)) | rates
