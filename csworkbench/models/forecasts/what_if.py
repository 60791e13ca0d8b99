"""What the next four quarters would look like if a driver moved: a projection of the fitted models, no causal claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ...errors import CsworkbenchError
from ...metrics.calendar import Quarter
from ..leaving.hazard import Hazard
from ..threads import one_thread
from .chances import inputs, text_values
from .forecast import LEVEL, measures
from .forecaster import Ahead, Forecaster
from .outcomes import QUARTER_MONTHS
from .portfolio import OUTCOMES, Book, Floats, simulated

N_QUARTERS, N_DRAWS, TINY = 4, 1000, 1e-9
SHOWN = ("grr", "nrr", "nnmrr")
AS_IS, CHANGED = "as_is", "changed"
LEVELS_OF_USE = ("seat_utilisation", "seat_utilisation_3m", "users_per_seat", "users_per_seat_3m", "usage_per_seat")
SHARES_OF_USE = ("seat_utilisation", "seat_utilisation_3m", "usage_vs_peak")
_RANGES: Mapping[str, tuple[float, float]] = {
    "onboarding_days": (0, 90),
    "usage": (-0.5, 1.0),
    "price": (-0.3, 0.3),
    "saved": (0.0, 1.0),
    "n_saved": (1, 1000),
}


@dataclass(frozen=True)
class Change:
    """What is moved. onboarding_days: days by which accounts on their way to first value are further. usage: relative
    change of the level of use. price: relative rise at each renewal. saved: share of the losses averted among the
    n_saved accounts with most money at risk.
    """

    onboarding_days: int = 0
    usage: float = 0.0
    price: float = 0.0
    saved: float = 0.0
    n_saved: int = 20

    def __post_init__(self) -> None:
        for field in fields(self):
            low, high = _RANGES[field.name]
            if not low <= getattr(self, field.name) <= high:
                raise CsworkbenchError(
                    f"{field.name} is {getattr(self, field.name):g}. It lies from {low:g} to {high:g}."
                )


@one_thread()
def what_if(forecaster: Forecaster, hazard: Hazard, as_of: date, change: Change, seed: int = 0) -> pd.DataFrame:
    """The book of `as_of` (the last day of a quarter) over the next four quarters, as it is and after the change.

    The first quarter as it is has the chances of the forecast; later ones move with the hazard of leaving (renewals,
    tenure), expansion and contraction stay at their chance. A change moves features, and with them the log-odds that
    the fitted models give; a price rise also pays at each renewal. New business is left out. Quarters are drawn
    independently, with the same random numbers before and after.

    Returns per quarter × variant (as_is, changed) × measure (grr, nrr: share of the quarter's opening MRR; nnmrr:
    currency per month): quarter, variant, measure, expected, low, high (90% prediction interval).
    """
    ahead = forecaster.ahead(as_of)
    panel = forecaster.panel
    ids = ahead.accounts["account_id"][ahead.open]
    now = panel.rows[(panel.rows["month_end"] == pd.Timestamp(as_of)) & panel.rows["account_id"].isin(ids)]
    quarter = Quarter.of(as_of, forecaster.snapshot.settings.company.fiscal_year_start)
    found = []
    for variant, moved in ((AS_IS, Change()), (CHANGED, change)):
        state = _Variant(forecaster, hazard, ahead, now, moved)
        label, opened = quarter, float(ahead.accounts["mrr"].sum())
        for at, (book, certain) in enumerate(state.quarters()):
            label = label.next
            expected = book.expected.sum(axis=1) + certain
            drawn = simulated(book, pd.Series("all", range(len(book.mrr))), ahead.spreads, N_DRAWS, seed + at)
            money = drawn.money[:, 0] + certain[:, None]
            found += list(_rows(label.label, variant, expected, money, opened))
            opened += float(expected[2] - expected[1] - expected[0])
    return pd.DataFrame(found, columns=["quarter", "variant", "measure", "expected", "low", "high"])


def _rows(quarter: str, variant: str, expected: Floats, drawn: Floats, opened: float) -> Iterator[tuple[object, ...]]:
    means, draws = measures(expected, opened), measures(drawn, opened)
    for name in SHOWN:
        low, high = np.quantile(draws[name], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        mean = float(means[name])
        yield quarter, variant, name, mean, min(float(low), mean), max(float(high), mean)


@dataclass(frozen=True)
class _Variant:
    """The book of each quarter under one change."""

    forecaster: Forecaster
    hazard: Hazard
    ahead: Ahead
    now: pd.DataFrame
    change: Change

    def quarters(self) -> Iterator[tuple[Book, Floats]]:
        """Per quarter: the book with the chances of its quarter, and money by outcome that is certain."""
        book, due = self.ahead.book, _due(self.now)
        leave, other = self._leaving(due), self._others()
        alive, paid = np.ones(len(book.mrr)), np.zeros(len(book.mrr))
        for at in range(N_QUARTERS):
            chances = np.stack([leave[:, at], other[0], other[1]])
            chances = chances / np.maximum(chances.sum(axis=0), 1.0)
            certain = self.ahead.certain.sum(axis=1) if at == 0 else np.zeros(len(OUTCOMES))
            priced = np.where(due == at, self.change.price, 0.0) * book.mrr * alive * (1 - chances[0])
            certain = certain + np.array([0.0, -np.minimum(priced, 0).sum(), np.maximum(priced, 0).sum()])
            grown = book.mrr * (1 + paid)
            yield replace(book, mrr=grown, chances=chances * alive), certain
            alive, paid = alive * (1 - chances[0]), paid + np.where(due == at, self.change.price, 0.0)

    def _leaving(self, due: Floats) -> Floats:
        """Account × quarter: chance to leave in the quarter, having stayed until it."""
        first, before = self.ahead.book.chances[0], _by_quarter(self.hazard, self.now)
        rows = moved_rows(self.now, self.change, self._longest_step)
        after, priced = _by_quarter(self.hazard, rows), _by_quarter(self.hazard, _priced(rows, self.change.price))
        after = np.where(due[:, None] <= np.arange(N_QUARTERS), priced, after)
        found = expit(_log_odds(first)[:, None] + _log_odds(after) - _log_odds(before)[:, [0]])
        return np.asarray(np.where(self._saved[:, None], found * (1 - self.change.saved), found))

    def _others(self) -> Floats:
        """Contraction and expansion × account: chance per quarter after the change."""
        model, panel = self.forecaster.model(self._as_of), self.forecaster.panel
        texts = text_values(panel.rows, panel.features)
        rows = moved_rows(self.now, self.change, self._longest_step)
        before, after = (model.book(each, inputs(each, panel.features, texts)).chances[1:] for each in (self.now, rows))
        return np.asarray(expit(_log_odds(self.ahead.book.chances[1:]) + _log_odds(after) - _log_odds(before)))

    @property
    def _as_of(self) -> date:
        return pd.Timestamp(self.now["month_end"].iloc[0]).date()

    @property
    def _longest_step(self) -> int:
        return max((step.days for step in self.forecaster.snapshot.settings.journey), default=0)

    @property
    def _saved(self) -> np.ndarray:
        """The accounts with most money at risk over the year."""
        risk = self.hazard.p_churn(self.now)[:, -1] * self.ahead.book.mrr
        rank = np.argsort(np.argsort(-risk, kind="stable"), kind="stable")
        return np.asarray(rank < self.change.n_saved)


def moved_rows(rows: pd.DataFrame, change: Change, longest_step_days: int) -> pd.DataFrame:
    """The panel rows after the change of use and onboarding; shares stay at most 1, what is not measured stays so."""
    rows = rows.copy()
    for name in {*LEVELS_OF_USE, *SHARES_OF_USE} & set(rows.columns):
        raised = rows[name] * (1 + change.usage)
        rows[name] = raised.clip(upper=1.0) if name in SHARES_OF_USE and change.usage > 0 else raised
    if change.onboarding_days and "days_since_milestone" in rows and "first_value_reached" in rows:
        waiting = rows["first_value_reached"] == 0
        sooner = (rows["days_since_milestone"] - change.onboarding_days).clip(lower=0)
        rows["days_since_milestone"] = rows["days_since_milestone"].mask(waiting, sooner)
        if "stuck" in rows:
            rows["stuck"] = rows["stuck"].mask(waiting & (sooner <= longest_step_days), 0)
    return rows


def _priced(rows: pd.DataFrame, price: float) -> pd.DataFrame:
    if not price or "price_rise_12m" not in rows:
        return rows
    return rows.assign(price_rise_12m=np.maximum(rows["price_rise_12m"].fillna(0.0), price))


def _due(rows: pd.DataFrame) -> Floats:
    """The quarter ahead, from 0, in which each account renews; 0 for rolling contracts, infinite where not known."""
    months = rows["months_to_renewal"].to_numpy(dtype=float)
    quarter = np.where(np.isnan(months), np.inf, np.ceil(np.maximum(months, TINY) / QUARTER_MONTHS) - 1)
    rolling = (rows["billing_months"] <= QUARTER_MONTHS).to_numpy()
    return np.asarray(np.where(rolling, 0.0, quarter))


def _by_quarter(hazard: Hazard, rows: pd.DataFrame) -> Floats:
    """Account × quarter: chance to leave in it, having stayed until it."""
    stay = 1 - hazard.hazards(rows, N_QUARTERS * QUARTER_MONTHS)
    return np.asarray(1 - stay.reshape(len(rows), N_QUARTERS, QUARTER_MONTHS).prod(axis=2))


def _log_odds(chance: Floats) -> Floats:
    return np.asarray(logit(np.clip(chance, TINY, 1 - TINY)))
