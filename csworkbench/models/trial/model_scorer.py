"""The churn model on trial, like any other score."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from ..leaving.hazard import Hazard, fit_hazard, reason_against
from ..leaving.reasons import churn_reasons
from ..panel import Panel
from .backtest import HORIZON_MONTHS, Predict, Scorer
from .weighted import band_of, is_best

MODEL = "churn_model"
EVERY_QUARTERS = 2
N_REASONS = 3


class ModelTrial:
    """The hazard model as it was trained on past days.

    bands: lower bounds of health, 100 × (1 − risk). fitted: day → the model trained on what was known then.
    """

    def __init__(self, bands: Mapping[str, float], seed: int = 0) -> None:
        self.bands, self.seed = bands, seed
        self.fitted: dict[date, Hazard] = {}

    @property
    def scorer(self) -> Scorer:
        """Risk is the probability of a decision to leave within three months; learned anew every second quarter."""
        return Scorer(MODEL, self.train, probability=True, every_quarters=EVERY_QUARTERS)

    def train(self, known: Panel) -> Predict | None:
        """Learn from what was known; None where too few accounts had left."""
        if reason_against(known):
            return None
        hazard = self.fitted[known.until] = fit_hazard(known, self.seed, HORIZON_MONTHS)

        def predict(rows: pd.DataFrame) -> pd.DataFrame:
            risk = pd.Series(hazard.p_churn(rows, HORIZON_MONTHS)[:, -1], rows.index)
            band = band_of(100 * (1 - risk), self.bands)
            return pd.DataFrame({"risk": risk, "band": band, "green": is_best(band, self.bands)})

        return predict

    def top_reasons(self, panel: Panel, seen: pd.DataFrame) -> dict[str, list[str]]:
        """What spoke most for leaving, beside all accounts of that day, by the model in use on it.

        seen: account_id and month_end, one row per account. Returns account_id → at most three codes.
        """
        found: dict[str, list[str]] = {}
        for day, accounts in seen.groupby("month_end")["account_id"]:
            known = [on for on in self.fitted if on <= date.fromisoformat(str(day)[:10])]
            if known:
                told = churn_reasons(self.fitted[max(known)], panel.rows[panel.rows["month_end"] == day])
                told = told[told["account_id"].isin(accounts) & (told["contribution"] > 0)].sort_values("rank")
                codes = told.groupby("account_id")["code"]
                found |= {str(account): list(own)[:N_REASONS] for account, own in codes}
        return found
