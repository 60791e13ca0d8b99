"""Kaplan–Meier survival with censoring, its interval and its quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Interval = Literal["log-log", "greenwood"]
Floats = NDArray[np.float64]
_TOLERANCE = 1e-12


@dataclass(frozen=True)
class SurvivalCurve:
    """A Kaplan–Meier estimate.

    table: one row per distinct duration, ascending: time, n_at_risk, n_events, n_censored, survival, low, high
    (shares in [0, 1]; survival holds from `time` on). n, n_events: subjects and observed events.
    """

    table: pd.DataFrame
    n: int
    n_events: int

    def at(self, time: float) -> float:
        """Share for which the event has not come by `time`; 1 before the first duration."""
        return self._step("survival", time)

    def _step(self, column: str, time: float) -> float:
        place = int(np.searchsorted(self.table["time"].to_numpy(), time, side="right"))
        return 1.0 if place == 0 else float(self.table[column].iloc[place - 1])

    @property
    def median(self) -> float:
        """The time by which the event has come for half; NaN when the curve stays above."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> float:
        """The first time by which the event has come for `share` of all (0 to 1); NaN when the curve stays above."""
        return self._first_below("survival", 1 - share)

    def quantile_interval(self, share: float) -> tuple[float, float]:
        """The interval of that quantile: where the limits of the curve cross it (Brookmeyer and Crowley 1982)."""
        return self._first_below("low", 1 - share), self._first_below("high", 1 - share)

    def _first_below(self, column: str, level: float) -> float:
        below = (self.table[column] <= level + _TOLERANCE).to_numpy()
        return float(self.table["time"].to_numpy()[below.argmax()]) if below.any() else float("nan")


def kaplan_meier(T: ArrayLike, C: ArrayLike, interval: Interval = "log-log", level: float = 0.95) -> SurvivalCurve:  # noqa: N803
    """Kaplan–Meier estimate of the time to an event.

    T: durations, at least 0, any unit. C: true where the event was observed, false where the subject was still
    waiting when last seen. interval: log-log (Kalbfleisch and Prentice) or plain greenwood, both with Greenwood's
    variance. Raises ValueError for durations that are negative or not a number.
    Source: Kaplan and Meier (1958); Greenwood (1926).
    """
    durations, observed = np.asarray(T, dtype=float), np.asarray(C, dtype=bool)
    if not (np.isfinite(durations).all() and (durations >= 0).all()):
        raise ValueError("durations must be numbers of at least 0")
    times, place = np.unique(durations, return_inverse=True)
    leaving = np.bincount(place, minlength=len(times)).astype(np.float64)
    events = np.bincount(place, weights=observed, minlength=len(times)).astype(np.float64)
    at_risk = len(durations) - leaving.cumsum() + leaving
    survival: Floats = np.cumprod(1 - events / at_risk).astype(np.float64)
    low, high = _limits(survival, events, at_risk, interval, level)
    counts = {"n_at_risk": at_risk, "n_events": events, "n_censored": leaving - events}
    table = pd.DataFrame(counts).astype("int64").assign(survival=survival, low=low, high=high)
    table.insert(0, "time", times)
    return SurvivalCurve(table, len(durations), int(observed.sum()))


def survival_quantiles(T: ArrayLike, C: ArrayLike, shares: Sequence[float]) -> list[float]:  # noqa: N803
    """The quantiles of `kaplan_meier(T, C)` alone, for many small groups at once: its curve without table or limits."""
    durations, observed = np.asarray(T, dtype=float), np.asarray(C, dtype=bool)
    times, place = np.unique(durations, return_inverse=True)
    leaving = np.bincount(place, minlength=len(times)).astype(np.float64)
    events = np.bincount(place, weights=observed, minlength=len(times))
    survival = np.cumprod(1 - events / (len(durations) - leaving.cumsum() + leaving))
    below = [survival <= 1 - share + _TOLERANCE for share in shares]
    return [float(times[under.argmax()]) if under.any() else float("nan") for under in below]


def _limits(
    survival: Floats, events: Floats, at_risk: Floats, interval: Interval, level: float
) -> tuple[Floats, Floats]:
    z = NormalDist().inv_cdf(0.5 + level / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(events / (at_risk * (at_risk - events)))
        if interval == "greenwood":
            half = z * survival * np.sqrt(variance)
            low, high = survival - half, survival + half
        else:
            half = z * np.sqrt(variance) / np.abs(np.log(survival))
            low, high = survival ** np.exp(half), survival ** np.exp(-half)
    sure = (survival == 1) | (survival == 0)
    return np.where(sure, survival, np.clip(low, 0, 1)), np.where(sure, survival, np.clip(high, 0, 1))
