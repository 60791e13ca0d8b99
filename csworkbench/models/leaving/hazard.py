"""The monthly hazard of deciding to leave, learned from every month-end and predicted for the months ahead.

The next three months have a model of their own: what tells of them (an incident, a champion who has just left) is not
what tells of the months after them.
"""

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

MODEL = "churn hazard v3"
FEWEST_LEAVERS = 20
LEAST_ROWS, MOST_ROWS = 6_000, 60_000
NEAR_QUIET_PER_EVENT, QUIET_PER_EVENT = 30, 8
N_FOLDS = 3
WORTH = 0.5
SURVIVAL_MONTHS = 36
NEAR_MONTHS = 3
MOVING = ("tenure_months", "months_to_renewal", *HAZARD_FEATURES)
FAMILIES = {name: feature.code for name, feature in FEATURES.items()}
_PASSING = ("tenure_months", "months_to_renewal", "billing_months")


@dataclass(frozen=True)
class Stage:
    """What was learned of some of the months ahead.

    The log-odds of leaving in a month are shift + slope × the sum of what the features add. slope: below 1 where the
    model claimed more on accounts that it had not seen than came true, above 1 where it was too cautious.
    """

    model: Additive
    shift: float
    slope: float
    features: tuple[str, ...]

    def hazards(self, rows: pd.DataFrame, months: range) -> Floats:
        """Row × month of `months`; after 12 months the effects are those of the twelfth, but time moves on."""
        still, near = self.model.only([f for f in self.features if f not in MOVING]).parts(rows)
        moving = self.model.only(MOVING)
        found = np.empty((len(rows), len(months)))
        for place, month in enumerate(months):
            always, soon = moving.parts(_ahead(rows, month, _PASSING))
            fading = fade(min(month, MONTHS_AHEAD)) * (near.sum(axis=1) + soon.sum(axis=1))
            total = still.sum(axis=1) + always.sum(axis=1) + fading
            found[:, place] = expit(self.shift + self.slope * total)
        return found

    def added(self, rows: pd.DataFrame, month: int) -> Floats:
        """Row × term: what each feature adds to the log-odds of leaving in the month."""
        always, near = self.model.parts(_ahead(rows, month, self.features))
        return np.asarray(self.slope * (always + fade(month) * near))


@dataclass(frozen=True)
class Hazard:
    """A fitted model of the hazard: one stage for the next three months, one for those after them."""

    near: Stage
    far: Stage

    def hazards(self, rows: pd.DataFrame, n_months: int = MONTHS_AHEAD) -> Floats:
        """Row × month ahead: probability to decide to leave in the month, having stayed until then.

        rows: of a panel.
        """
        soon = self.near.hazards(rows, range(1, min(n_months, NEAR_MONTHS) + 1))
        return np.column_stack([soon, self.far.hazards(rows, range(NEAR_MONTHS + 1, n_months + 1))])

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

    def contributions(self, rows: pd.DataFrame, n_months: int = NEAR_MONTHS) -> pd.DataFrame:
        """Row × feature: what each adds to the log-odds of leaving in the next months (1 to 3), each by its hazard."""
        weight = self.near.hazards(rows, range(1, n_months + 1))
        weight = weight / weight.sum(axis=1, keepdims=True)
        found = sum(weight[:, [month - 1]] * self.near.added(rows, month) for month in range(1, n_months + 1))
        return pd.DataFrame(found, index=rows.index, columns=[term.feature for term in self.near.model.terms])


def _ahead(rows: pd.DataFrame, month: int, features: tuple[str, ...]) -> pd.DataFrame:
    return ahead_features(rows, np.full(len(rows), month), features)


def reason_against(panel: Panel) -> str:
    """Why no hazard can be learned from the panel; empty when one can."""
    after = months_to_event(panel)
    n = panel.rows.loc[after <= np.minimum(-panel.month, NEAR_MONTHS), "account_id"].nunique()
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
def fit_hazard(panel: Panel, seed: int = 0, months_ahead: int = MONTHS_AHEAD) -> Hazard:
    """Learn from all rows of the panel, and what is known at `panel.until` of what came.

    months_ahead: up to how many there is anything to predict; with 3 or less the later ones are not learned apart.
    Each stage is a landmark supermodel (van Houwelingen and Putter 2012) of the discrete-time hazard (Allison 1982).
    """
    near = _stage(panel, seed, NEAR_MONTHS, NEAR_QUIET_PER_EVENT)
    if months_ahead <= NEAR_MONTHS:
        return Hazard(near, near)
    return Hazard(near, _stage(panel, seed, MONTHS_AHEAD, QUIET_PER_EVENT))


def _stage(panel: Panel, seed: int, months_ahead: int, quiet_per_event: int) -> Stage:
    """Learn from the months 1 to `months_ahead` after each row.

    Months without the event are sampled and the odds set right again (Prentice and Pyke 1979); an account that left
    stands in a row for each of these months, which together count as half, for the months to come differ from those
    learned from. The slope is that on accounts left out of three fits.
    """
    sample = periods(panel, _n_rows(panel, months_ahead, quiet_per_event), seed, months_ahead)
    rows = panel.rows.iloc[sample.row]
    frame = ahead_features(rows, sample.ahead, panel.features)
    ids = rows["account_id"].reset_index(drop=True)
    information = WORTH * ids[sample.left].nunique() / max(int(sample.left.sum()), 1)
    design = Design.of(frame, FAMILIES)
    learnt = learn(design, sample.left, information)
    model = design.model(learnt)
    claimed = unseen(design, sample.left, information, learnt, account_folds(ids, N_FOLDS, seed))
    slope = honest_slope(claimed, sample.left)
    shift = level(slope * (model.log_odds(frame) - model.intercept), sample.left) + _sampled_odds(sample)
    return Stage(model, shift, slope, panel.features)


def _n_rows(panel: Panel, months_ahead: int, quiet_per_event: int) -> int:
    events = int((months_to_event(panel) <= np.minimum(-panel.month, months_ahead)).sum())
    return int(np.clip((1 + quiet_per_event) * events, LEAST_ROWS, MOST_ROWS))


def _sampled_odds(sample: Periods) -> float:
    """Log of how much more often events were sampled than other months, to be taken off."""
    event, other = sample.weight[sample.left], sample.weight[~sample.left]
    return float(np.log(event[0] / other[0])) if len(event) and len(other) else 0.0
