"""Monthly probabilities of leaving, growing and shrinking, as sums of contributions on log-odds.

All contributions of a month use the state at its start, so that a cause always comes before its effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import parameters as p
from .arrays import Flags, Floats, Ints


@dataclass
class State:
    """Accounts at the start of a month; arrays of one value per account.

    months_left: months to the next renewal (1–12). uplift: announced price rise. need: log of wanted over bought seats.
    use: latent log-odds that a seat is used. mood: satisfaction in standard units. storm, champion: decaying effects.
    failing: months of failed payments lately. grown: months since the last expansion.
    """

    age_months: Ints
    annual: Flags
    months_left: Ints
    uplift: Floats
    first_value: Flags
    progress: Floats
    use: Floats
    mood: Floats
    need: Floats
    storm: Floats
    champion: Floats
    failing: Floats
    grown: Ints
    relation: Floats
    competitor: Floats
    segment: Ints
    frailty: Floats


def churn_contributions(s: State) -> Floats:
    """Account × driver (parameters.CHURN_DRIVERS): contributions to the log-odds of deciding to leave this month."""
    in_window = s.annual & (s.months_left <= 3)
    late = ~s.first_value & (s.age_months >= 2)
    return np.column_stack(
        [
            p.CHURN_BASE[s.segment],
            0.2 - 0.3 * np.log1p(s.age_months / 12.0),
            np.where(s.annual, np.where(in_window, np.where(s.months_left == 2, 2.6, 1.9), -1.1), 0.1),
            np.where(late, np.minimum(0.4 + 0.1 * s.age_months, 1.3), -0.25 * s.progress),
            -0.75 * np.clip(s.use, -2.5, 2.0),
            0.7 * s.storm,
            1.1 * s.champion,
            np.where(in_window, 14.0 * s.uplift, 0.0),
            s.competitor,
            0.55 * np.clip(-s.mood - 0.3, 0, 2.5) - 0.2 * np.clip(s.mood, 0, 2),
            0.8 * np.minimum(s.failing, 2.0),
            -0.5 * s.relation,
            s.frailty,
        ]
    )


def expansion_contributions(s: State) -> Floats:
    """Account × driver (parameters.EXPANSION_DRIVERS): log-odds of growing this month, given that the account stays."""
    n = len(s.use)
    return np.column_stack(
        [
            np.full(n, p.EXPANSION_BASE),
            1.9 * np.clip(s.need, -0.6, 0.8),
            0.45 * np.clip(s.use, -2.5, 2.0),
            0.25 * np.clip(s.mood, -2, 2),
            -0.5 * s.storm,
            0.25 * s.relation,
            np.where(s.grown <= 3, -0.9, 0.0),
        ]
    )


def contraction_logit(s: State) -> Floats:
    """Log-odds of shrinking this month, given that the account neither leaves nor grows."""
    renewing = s.annual & (s.months_left == 12)
    return np.asarray(
        p.CONTRACTION_BASE
        - 1.6 * np.clip(s.need, -0.8, 0.6)
        - 0.5 * np.clip(s.use, -2.5, 2.0)
        + 0.3 * s.storm
        + np.where(renewing, 1.6, 0.0)
    )
