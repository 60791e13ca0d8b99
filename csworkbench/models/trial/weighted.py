"""The transparent weighted health score: parts from 0 to 100, weights from workspace.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from ...data.settings import Health
from ...metrics.service import NPS_VALID_DAYS
from ..panel import Panel
from .backtest import Predict, Scorer

FULL = 100.0
SILENT_DAYS, MANY_TICKETS, MANY_FAILURES, CLOSE_TOUCHES = 60.0, 10.0, 2.0, 3.0


def weighted_health(rows: pd.DataFrame, health: Health) -> pd.DataFrame:
    """The weighted mean of the parts that are there, per row of a panel.

    health: weights by part and lower bounds of the bands. Returns, with the index of the rows, score (0–100, NaN where
    no part is there), coverage (share of the weights that are there, 0–1; a part whose table is absent or that was not
    measured lowers it and never counts as zero), band (the highest lower bound that the score reaches).
    """
    weights = {part: weight for part, weight in health.weights.items() if weight > 0}
    parts = pd.DataFrame({part: part_of(rows, part) for part in weights}, index=rows.index)
    weight = pd.Series(weights, dtype="float64")
    there = parts.notna().astype("float64").mul(weight).sum(axis=1)
    score = parts.mul(weight).sum(axis=1) / there.where(there > 0)
    coverage = there / weight.sum() if len(weight) else there
    return pd.DataFrame({"score": score, "coverage": coverage, "band": band_of(score, health.weighted_bands)})


def band_of(score: pd.Series, bands: Mapping[str, float]) -> pd.Series:
    """The band with the highest lower bound that each score reaches; null for NaN or below all of them."""
    found = pd.Series(None, score.index, dtype="str")
    for band, bound in sorted(bands.items(), key=lambda item: item[1]):
        found = found.mask(score >= bound, band)
    return found


def part_of(rows: pd.DataFrame, part: str) -> pd.Series:
    """One part, 0 (worst) to 100 (best) per row; NaN where it was not measured or its features are not there."""
    return PARTS[part](_Rows(rows)).clip(0, FULL)


class _Rows:
    """Rows of a panel in which an absent feature reads as not measured."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows = rows

    def __getitem__(self, name: str) -> pd.Series:
        if name not in self.rows:
            return pd.Series(np.nan, self.rows.index)
        return self.rows[name].astype("float64")

    def mean(self, *parts: pd.Series) -> pd.Series:
        """The mean of what was measured."""
        return pd.concat(parts, axis=1).mean(axis=1)


def _answers(rows: _Rows) -> pd.Series:
    nps = rows["nps_last"].where(rows["nps_age_days"] <= NPS_VALID_DAYS)
    return rows.mean(nps * 10, (rows["csat_90d"] - 1) * 25)


PARTS: Mapping[str, Callable[[_Rows], pd.Series]] = MappingProxyType(
    {
        "adoption": lambda rows: rows["seat_utilisation"] * FULL,
        "usage_trend": lambda rows: (rows["usage_trend_3m"] - 0.5) * 2 * FULL,
        "silence": lambda rows: (1 - rows["days_silent"] / SILENT_DAYS) * FULL,
        "support": lambda rows: (1 - rows["tickets_90d"] / MANY_TICKETS) * FULL,
        "satisfaction": _answers,
        "champion": lambda rows: (1 - rows["champion_left_180d"]) * FULL,
        "payment": lambda rows: (1 - (rows["failed_payments_90d"] + rows["overdue_invoices"]) / MANY_FAILURES) * FULL,
        "onboarding": lambda rows: (1 - rows["stuck"]) * FULL,
        "engagement": lambda rows: rows["touches_90d"] / CLOSE_TOUCHES * FULL,
    }
)


def weighted_scorer(health: Health) -> Scorer:
    """The weighted score as a scorer; it learns nothing."""

    def predict(rows: pd.DataFrame) -> pd.DataFrame:
        scored = weighted_health(rows, health)
        bands = {"band": scored["band"], "green": is_best(scored["band"], health.weighted_bands)}
        return pd.DataFrame({"risk": -scored["score"], **bands})

    def train(known: Panel) -> Predict:
        return predict

    return Scorer("weighted", train)


def is_best(band: pd.Series, bands: Mapping[str, float]) -> pd.Series:
    """Whether each band is the one with the highest lower bound; NA where there is none."""
    best = max(bands, key=lambda name: bands[name], default="")
    return (band == best).astype("boolean").mask(band.isna())
