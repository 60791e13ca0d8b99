"""Rules that any score has to beat."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..panel import Panel
from ..panel.labels import label
from .backtest import HORIZON_MONTHS, Predict, Scorer
from .rules import SIGNALS, Signal

RULES: Mapping[str, str] = MappingProxyType(
    {
        "naive:usage_halved": "usage_halved",
        "naive:no_use_30_days": "silent",
        "naive:renewal_90_days": "renewal_soon",
    }
)


def naive_scorers(panel: Panel) -> list[Scorer]:
    """One flag per rule whose features are there, and the rate of the last quarter for everybody."""
    there = {name: SIGNALS[code] for name, code in RULES.items() if set(SIGNALS[code].features) <= set(panel.features)}
    flags = [_flag_scorer(name, signal) for name, signal in there.items()]
    return [*flags, Scorer("naive:last_rate", _last_rate, probability=True)]


def _flag_scorer(name: str, signal: Signal) -> Scorer:
    def train(known: Panel) -> Predict:
        return _flag(signal)

    return Scorer(name, train)


def _flag(signal: Signal) -> Predict:
    def predict(rows: pd.DataFrame) -> pd.DataFrame:
        fires = signal.holds(rows).fillna(False).to_numpy(dtype=bool)
        return pd.DataFrame({"risk": fires.astype(float), "green": ~fires}, index=rows.index)

    return predict


def _last_rate(known: Panel) -> Predict | None:
    """The share of accounts, paying three months before, that decided to leave since."""
    at_start = known.month == -HORIZON_MONTHS
    if not at_start.any():
        return None
    rate = float(np.nanmean(label(known, "churn", 0, HORIZON_MONTHS)[at_start].astype("float64")))
    return lambda rows: pd.DataFrame({"risk": np.full(len(rows), rate)}, index=rows.index)
