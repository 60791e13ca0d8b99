"""What each account may win and lose by the end of the next quarter, as known on any month-end of a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...data.snapshot import Snapshot, View
from ...metrics.book import owners_on, segment_of
from ...metrics.calendar import Quarter, month_index
from ...metrics.revenue import UNASSIGNED_CSM
from ..panel import Panel
from .chances import QuarterModel, inputs, learn, learnt_from, text_values
from .dispersion import LEVELS, Spread, Tried, spread
from .outcomes import QUARTER_MONTHS, months_later, outcomes, settled
from .portfolio import OUTCOMES, Book, Floats

FEWEST_MONTHS = 6
FEWEST_CHURNS = 5
QUARTERS_TRIED = 5


@dataclass(frozen=True)
class Ahead:
    """The accounts of one closing day, one quarter ahead.

    accounts: those that pay, sorted: account_id, mrr, segment, csm_id. open: which of them nothing is decided of; they
    are the accounts of `book`, in order. certain: outcome × account, MRR that is already decided to move.
    """

    accounts: pd.DataFrame
    open: NDArray[np.bool_]
    book: Book
    certain: Floats
    spreads: Mapping[str, Spread]

    @property
    def expected(self) -> Floats:
        """Outcome × account: expected MRR that moves, currency per month."""
        expected = self.certain.copy()
        expected[:, self.open] += self.book.expected
        return expected


@dataclass(frozen=True)
class Claim:
    """What a forecast said of a book. accounts: of the book. said: outcome → MRR at each of LEVELS, its variance."""

    day: date
    accounts: pd.Index
    said: Mapping[str, tuple[Floats, float]]

    def tried(self, moved: pd.DataFrame, as_of: date) -> dict[str, Tried]:
        """By outcome, what came of it. moved: account_id, outcome, money of the three months after the day."""
        of_book = moved[self.accounts.get_indexer(pd.Index(moved["account_id"])) >= 0]
        observed = of_book.groupby("outcome")["money"].sum()
        age_months = month_index(as_of) - month_index(months_later(self.day))
        return {name: Tried(age_months, *self.said[name], float(observed.get(name, 0.0))) for name in OUTCOMES}


class Forecaster:
    """Forecasts as of any month-end of a panel, each from what was known then.

    panel: of the snapshot, until at least the last day asked for. A model of a day learns from the panel's months
    whose three months were over by then, with outcomes as known then.
    """

    def __init__(self, snapshot: Snapshot, panel: Panel, seed: int = 0) -> None:
        self.snapshot, self.panel, self.seed = snapshot, panel, seed
        self.model = lru_cache(maxsize=None)(self._model)
        self.became = lru_cache(maxsize=None)(self._became)
        self.claimed = lru_cache(maxsize=None)(self._claimed)
        self.reason_against = lru_cache(maxsize=None)(self._reason_against)

    @cached_property
    def months(self) -> tuple[date, ...]:
        """The month-ends of the panel."""
        return tuple(day.date() for day in sorted(self.panel.rows["month_end"].unique()))

    def _became(self, known_on: date) -> pd.DataFrame:
        return outcomes(self.snapshot.as_of(known_on), self.months)

    def _reason_against(self, as_of: date) -> str:
        """Why there is no forecast as of that day; empty when there is one."""
        quarter = Quarter.of(as_of, self.snapshot.settings.company.fiscal_year_start)
        if quarter.closing != as_of:
            return f"{as_of} is not the last day of a quarter"
        over = [day for day in self.months if months_later(day) <= as_of]
        if len(over) < FEWEST_MONTHS:
            return f"{len(over)} month-ends with three months after them; {FEWEST_MONTHS} are needed"
        rows = self.became(as_of)
        n_left = int(rows.loc[rows["outcome"] == "churn", "account_id"].nunique())
        return "" if n_left >= FEWEST_CHURNS else f"only {n_left} accounts ever left; {FEWEST_CHURNS} are needed"

    def _model(self, as_of: date) -> QuarterModel:
        over = month_index(as_of) - month_index(self.panel.until) - QUARTER_MONTHS
        chosen = learnt_from(self._account, over - self.panel.month)
        return learn(self.panel.rows[chosen], self._inputs(chosen), self.became(as_of), self.seed)

    @cached_property
    def _account(self) -> NDArray[np.int64]:
        return pd.factorize(self.panel.rows["account_id"], sort=True)[0].astype(np.int64)

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        return text_values(self.panel.rows, self.panel.features)

    def _inputs(self, chosen: NDArray[np.bool_]) -> Floats:
        """The numbers that models read of these rows of the panel."""
        return inputs(self.panel.rows[chosen], self.panel.features, self._texts)

    def tried(self, as_of: date) -> dict[str, list[Tried]]:
        """By outcome: forecasts as of the month-ends of the last quarters, and what came of them.

        Each is made by the model of the last quarter's end on or before it; its three months are over by `as_of`.
        """
        days = [day for day in self.months if months_later(day) <= as_of][-3 * QUARTERS_TRIED :]
        made = [claim for day in days if (claim := self.claimed(day)) is not None]
        came = self._came(as_of)
        found = [claim.tried(came[claim.day], as_of) for claim in made]
        return {name: [one[name] for one in found] for name in OUTCOMES}

    def _claimed(self, day: date) -> Claim | None:
        """The forecast as of a month-end by the model of the last close; None where there was none."""
        cut = self._last_close(day)
        if self.reason_against(cut):
            return None
        at = self._at(day)
        book = self.model(cut).book(self.panel.rows[at], self._inputs(at))
        return Claim(
            day,
            pd.Index(self.panel.rows["account_id"][at]),
            {name: (book.total_at(name, LEVELS), book.variance(name)) for name in OUTCOMES},
        )

    def _at(self, day: date) -> NDArray[np.bool_]:
        return np.asarray(self._ends == np.datetime64(day))

    @cached_property
    def _ends(self) -> NDArray[np.datetime64]:
        return self.panel.rows["month_end"].to_numpy(dtype="datetime64[D]")

    def _came(self, as_of: date) -> dict[date, pd.DataFrame]:
        """By month-end, the MRR that moved by account and outcome in the three months after it, as known then."""
        became = self.became(as_of)
        moved = became[became["outcome"] != "none"]
        moved = moved.assign(money=moved["change"] * moved["mrr_open"])
        return {day: moved[moved["month_end"] == pd.Timestamp(day)] for day in self.months}

    def _last_close(self, day: date) -> date:
        quarter = Quarter.of(day, self.snapshot.settings.company.fiscal_year_start)
        return day if quarter.closing == day else quarter.opening

    def ahead(self, as_of: date) -> Ahead:
        """The book of that day with the chances of every account and the spread of common shocks."""
        view = self.snapshot.as_of(as_of)
        known = settled(view, months_later(as_of))
        undecided = known.index[known["outcome"] == "none"]
        at = self._at(as_of)
        at[at] = undecided.get_indexer(pd.Index(self.panel.rows["account_id"][at])) >= 0
        now = self.panel.rows[at]
        spreads = {name: spread(tried) for name, tried in self.tried(as_of).items()}
        book = self.model(as_of).book(now, self._inputs(at))
        return Ahead(
            _described(view, known),
            known.index.isin(now["account_id"]),
            book.shifted({name: found.shift for name, found in spreads.items()}),
            _certain(known),
            spreads,
        )


def _described(view: View, known: pd.DataFrame) -> pd.DataFrame:
    ids = known.index
    csm_id = owners_on(view, [view.as_of]).iloc[:, 0].reindex(ids).astype("str").fillna(UNASSIGNED_CSM)
    described = {"account_id": ids, "mrr": known["mrr_open"].to_numpy(), "csm_id": csm_id.to_numpy()}
    return pd.DataFrame(described).assign(segment=segment_of(view, ids).to_numpy())


def _certain(known: pd.DataFrame) -> Floats:
    moved = (known["change"] * known["mrr_open"]).to_numpy(dtype=np.float64)
    return np.stack([np.where(known["outcome"] == name, moved, 0.0) for name in OUTCOMES])
