"""The monthly hazard of deciding to leave, learned from every month-end and predicted for the months ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from ..panel import Panel
from ..panel.features import FEATURES, HAZARD_FEATURES
from ..panel.labels import months_to_event
from ..panel.splits import account_folds
from ..threads import one_thread
from .additive import Additive, Design, fade, learn, unseen
from .honest import honest_slope, level
from .periods import MONTHS_AHEAD, Periods, ahead_features, periods

Floats = npt.NDArray[np.float64]

MODEL = "churn hazard v2"
FEWEST_LEAVERS = 20
LEAST_ROWS, MOST_ROWS, QUIET_PER_EVENT = 6_000, 60_000, 8
N_FOLDS = 3
WORTH = 0.5
SURVIVAL_MONTHS = 36
REASON_MONTHS = 3
MOVING = ("tenure_months", "months_to_renewal", *HAZARD_FEATURES)
FAMILIES = {name: feature.code for name, feature in FEATURES.items()}
_PASSING = ("tenure_months", "months_to_renewal", "billing_months")


@dataclass(frozen=True)
class Hazard:
    """A fitted model of the hazard.

    The log-odds of leaving in a month are shift + slope × the sum of what the features add. slope: below 1 where the
    model claimed more on accounts that it had not seen than came true, above 1 where it was too cautious. n_leavers:
    accounts that it learned from.
    """

    model: Additive
    shift: float
    slope: float
    features: tuple[str, ...]
    n_leavers: int

    def hazards(self, rows: pd.DataFrame, n_months: int = MONTHS_AHEAD) -> Floats:
        """Row × month ahead: probability to decide to leave in the month, having stayed until then.

        rows: of a panel. After 12 months the effects are those of the twelfth; tenure and renewals move on.
        """
        still, near = self.model.only([f for f in self.features if f not in MOVING]).parts(rows)
        moving = self.model.only(MOVING)
        found = np.empty((len(rows), n_months))
        for month in range(1, n_months + 1):
            known = min(month, MONTHS_AHEAD)
            always, soon = moving.parts(_ahead(rows, month, _PASSING))
            total = still.sum(axis=1) + always.sum(axis=1) + fade(known) * (near.sum(axis=1) + soon.sum(axis=1))
            found[:, month - 1] = expit(self.shift + self.slope * total)
        return found

    def p_churn(self, rows: pd.DataFrame, n_months: int = MONTHS_AHEAD) -> Floats:
        """Row × month: probability to decide to leave within 1, 2, … months; never falls."""
        return np.asarray(1 - self.survival(rows, n_months))

    def survival(self, rows: pd.DataFrame, n_months: int = SURVIVAL_MONTHS) -> Floats:
        """Row × month: probability not to have decided to leave 1, 2, … months ahead.

        The third year repeats the hazards of the second.
        """
        hazards = self.hazards(rows, min(n_months, 2 * MONTHS_AHEAD))
        while hazards.shape[1] < n_months:
            hazards = np.column_stack([hazards, hazards[:, -MONTHS_AHEAD:]])
        return np.asarray(np.cumprod(1 - hazards[:, :n_months], axis=1))

    def contributions(self, rows: pd.DataFrame, n_months: int = REASON_MONTHS) -> pd.DataFrame:
        """Row × feature: what each adds to the log-odds of leaving in the next months, each month by its hazard."""
        weight = self.hazards(rows, n_months)
        weight = weight / weight.sum(axis=1, keepdims=True)
        found = np.zeros((len(rows), len(self.model.terms)))
        for month in range(1, n_months + 1):
            always, near = self.model.parts(_ahead(rows, month, self.features))
            added = always + fade(month) * near
            found = found + weight[:, [month - 1]] * self.slope * added
        return pd.DataFrame(found, index=rows.index, columns=[term.feature for term in self.model.terms])


def _ahead(rows: pd.DataFrame, month: int, features: tuple[str, ...]) -> pd.DataFrame:
    return ahead_features(rows, np.full(len(rows), month), features)


def reason_against(panel: Panel) -> str:
    """Why no hazard can be learned from the panel; empty when one can."""
    after = months_to_event(panel)
    n = panel.rows.loc[after <= -panel.month, "account_id"].nunique()
    if n >= FEWEST_LEAVERS:
        return ""
    n_months = int((panel.month < 0).sum())
    if not n_months:
        return "no month of any account is over yet"
    bound = f"at most {_upper_bound(n, n_months):.1%} a month (95%)"
    if not n:
        return f"no account ever decided to leave in {n_months:,} months of accounts, so {bound}; 20 are needed"
    return f"only {n} accounts ever decided to leave, {bound}; {FEWEST_LEAVERS} are needed"


def _upper_bound(n_events: int, n: int) -> float:
    """Exact one-sided 95% bound of a monthly rate (Clopper and Pearson 1934)."""
    from scipy.stats import beta

    return float(beta.ppf(0.95, n_events + 1, max(n - n_events, 1)))


@one_thread()
def fit_hazard(panel: Panel, seed: int = 0) -> Hazard:
    """Learn from all rows of the panel, months ahead 1 to 12, and what is known at `panel.until` of what came.

    A landmark supermodel (van Houwelingen and Putter 2012) of the discrete-time hazard (Allison 1982). Months without
    the event are sampled and the odds set right again (Prentice and Pyke 1979); an account that left stands in up to
    twelve rows, which together count as half, for the months to come differ from those learned from. The slope is
    that on accounts left out of three fits.
    """
    sample = periods(panel, _n_rows(panel), seed)
    rows = panel.rows.iloc[sample.row]
    frame = ahead_features(rows, sample.ahead, panel.features)
    ids = rows["account_id"].reset_index(drop=True)
    n_leavers = int(ids[sample.left].nunique())
    information = WORTH * n_leavers / max(int(sample.left.sum()), 1)
    design = Design.of(frame, FAMILIES)
    learnt = learn(design, sample.left, information)
    model = design.model(learnt)
    claimed = unseen(design, sample.left, information, learnt, account_folds(ids, N_FOLDS, seed))
    slope = honest_slope(claimed, sample.left)
    shift = level(slope * (model.log_odds(frame) - model.intercept), sample.left) + _sampled_odds(sample)
    return Hazard(model, shift, slope, panel.features, n_leavers)


def _n_rows(panel: Panel) -> int:
    events = int((months_to_event(panel) <= np.minimum(-panel.month, MONTHS_AHEAD)).sum())
    return int(np.clip((1 + QUIET_PER_EVENT) * events, LEAST_ROWS, MOST_ROWS))


def _sampled_odds(sample: Periods) -> float:
    """Log of how much more often events were sampled than other months, to be taken off."""
    event, other = sample.weight[sample.left], sample.weight[~sample.left]
    return float(np.log(event[0] / other[0])) if len(event) and len(other) else 0.0
