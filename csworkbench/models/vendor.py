"""Another vendor's health history: its last score known on a day."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ..data.snapshot import Snapshot, View
from ..data.sql import sql_file
from .backtest import Predict, Scorer
from .panel import Panel

GREEN = ("green", "good", "healthy")


def vendor_sources(view: View) -> list[str]:
    """The names of the vendors whose scores are known, sorted."""
    if not view.has("vendor_health"):
        return []
    return sorted(view.sql("SELECT DISTINCT v.source FROM vendor_health AS v")["source"].astype("str"))


def last_scores(view: View, source: str) -> pd.DataFrame:
    """The last score of a vendor known on the day of the view.

    Returns, indexed by account_id: day, score (the vendor's unit, higher = healthier), band.
    """
    known = view.sql(sql_file(__package__ or "", "vendor_last"), source=source)
    types = {"account_id": "str", "day": "datetime64[us]", "score": "float64", "band": "str"}
    return known.astype(types).set_index("account_id").sort_index()


def vendor_scorers(snapshot: Snapshot, as_of: date) -> list[Scorer]:
    """One scorer per vendor: risk is the score turned round, green the vendor's own band of that name."""
    return [_scorer(snapshot, source) for source in vendor_sources(snapshot.as_of(as_of))]


def _scorer(snapshot: Snapshot, source: str) -> Scorer:
    def predict(rows: pd.DataFrame) -> pd.DataFrame:
        found = [_on(snapshot.as_of(day.date()), source, part) for day, part in rows.groupby("month_end")]
        return pd.concat(found).reindex(rows.index)

    def train(known: Panel) -> Predict:
        return predict

    return Scorer(f"vendor:{source}", train)


def _on(view: View, source: str, rows: pd.DataFrame) -> pd.DataFrame:
    last = last_scores(view, source).reindex(rows["account_id"])
    named = last["band"].str.strip().str.casefold()
    green = named.isin(GREEN).astype("boolean").mask(named.isna())
    return pd.DataFrame({"risk": -last["score"].to_numpy(), "green": green.to_numpy()}, index=rows.index)
