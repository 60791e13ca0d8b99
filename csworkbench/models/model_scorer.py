"""The churn model on trial, like any other score."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .backtest import HORIZON_MONTHS, Predict, Scorer
from .hazard import Hazard, fit_hazard, reason_against
from .panel import Panel
from .weighted import band_of, is_best

MODEL = "churn_model"


def model_scorer(bands: Mapping[str, float], seed: int = 0) -> Scorer:
    """The hazard model as a scorer: risk is its probability of a decision to leave within three months.

    bands: lower bounds of health, 100 × (1 − risk). It cannot be trained where too few accounts have left.
    """

    def train(known: Panel) -> Predict | None:
        return None if reason_against(known) else _predict(fit_hazard(known, seed), bands)

    return Scorer(MODEL, train, probability=True)


def _predict(hazard: Hazard, bands: Mapping[str, float]) -> Predict:
    def predict(rows: pd.DataFrame) -> pd.DataFrame:
        risk = pd.Series(hazard.p_churn(rows, HORIZON_MONTHS)[:, -1], rows.index)
        band = band_of(100 * (1 - risk), bands)
        return pd.DataFrame({"risk": risk, "band": band, "green": is_best(band, bands)})

    return predict
