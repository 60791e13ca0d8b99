"""Another vendor's health history: its last score known on each day."""

from __future__ import annotations

import pandas as pd

from ...data.snapshot import Snapshot
from ..panel import Panel
from ..panel.known import Reader
from ..panel.panel_days import panel_months
from .backtest import Predict, Scorer

VENDOR = "vendor:"
GREEN = ("green", "good", "healthy")
_TYPES = {"source": "str", "account_id": "str", "month": "int64", "score": "float64", "band": "str"}


def vendor_scores(snapshot: Snapshot, panel: Panel) -> pd.DataFrame:
    """The last score of each vendor known on each day of the panel; empty where there is no such table.

    Returns source, account_id, month_end, score (the vendor's unit, higher = healthier), band; sorted.
    """
    months = panel_months(panel)
    reader = Reader(snapshot, months)
    if not reader.has("vendor_health"):
        return pd.DataFrame({name: [] for name in ("source", "account_id", "month_end", "score", "band")})
    found = reader.rows("vendor_last").astype(_TYPES)
    days = {month: pd.Timestamp(day) for month, day in months.days.items()}
    dated = found.assign(month_end=found["month"].map(days).astype("datetime64[us]")).drop(columns="month")
    return dated.sort_values(["source", "account_id", "month_end"], ignore_index=True)


def vendor_scorers(snapshot: Snapshot, panel: Panel) -> list[Scorer]:
    """One scorer per vendor: risk is the score turned round, green the vendor's own band of that name."""
    scores = vendor_scores(snapshot, panel)
    return [_scorer(str(source), own) for source, own in scores.groupby("source")]


def _scorer(source: str, scores: pd.DataFrame) -> Scorer:
    last = scores.set_index(["account_id", "month_end"])[["score", "band"]]

    def predict(rows: pd.DataFrame) -> pd.DataFrame:
        found = rows[["account_id", "month_end"]].join(last, on=["account_id", "month_end"])
        named = found["band"].str.strip().str.casefold()
        green = named.isin(GREEN).astype("boolean").mask(named.isna())
        return pd.DataFrame({"risk": -found["score"], "band": found["band"], "green": green})

    def train(known: Panel) -> Predict:
        return predict

    return Scorer(f"{VENDOR}{source}", train)
