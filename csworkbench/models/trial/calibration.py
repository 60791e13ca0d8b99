"""Whether probabilities come true: Brier score, slope, bins, and the drift of a score's distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ...metrics.intervals import wilson
from .discrimination import UNKNOWN, Interval
from .significance import two_sided_z

Floats = NDArray[np.float64]
Bins = Literal["count", "width"]
SMALLEST_P = 1e-6
_STEPS, _CLOSE = 50, 1e-10


def brier(y: ArrayLike, p: ArrayLike) -> float:
    """Mean squared distance between probability and outcome, 0 to 1, lower is better; NaN without rows.

    Source: Brier (1950), for two outcomes.
    """
    truth, probability = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return float(((probability - truth) ** 2).mean()) if len(truth) else float("nan")


def calibration_slope(y: ArrayLike, p: ArrayLike, level: float = 0.95) -> Interval:
    """Slope of the logistic regression of the outcome on the log-odds of p: 1 is right, below 1 is too extreme.

    p outside [1e-6, 1 − 1e-6] counts as the limit. Wald limits. NaN where the slope is not finite: one outcome only,
    one p only, or outcomes that p separates.
    Source: Cox (1958); Steyerberg et al. (2010).
    """
    fitted = _logistic(np.asarray(y, dtype=float), np.column_stack([_log_odds(p), np.ones(len(np.asarray(p)))]))
    if fitted is None:
        return UNKNOWN
    slope, error = float(fitted[0][0]), float(fitted[1][0])
    half = two_sided_z(level) * error
    return Interval(slope, slope - half, slope + half)


def calibration_in_the_large(y: ArrayLike, p: ArrayLike) -> float:
    """Log-odds to add to every p so that its mean is the observed share: 0 is right, above 0 p is too low.

    NaN where one outcome only was seen. Source: Cox (1958); Steyerberg et al. (2010).
    """
    log_odds = _log_odds(p)
    fitted = _logistic(np.asarray(y, dtype=float), np.ones((len(log_odds), 1)), log_odds)
    return float("nan") if fitted is None else float(fitted[0][0])


def _log_odds(p: ArrayLike) -> Floats:
    inside = np.clip(np.asarray(p, dtype=float), SMALLEST_P, 1 - SMALLEST_P)
    log_odds: Floats = np.log(inside / (1 - inside))
    return log_odds


def _logistic(y: Floats, x: Floats, offset: Floats | float = 0.0) -> tuple[Floats, Floats] | None:
    """Coefficients and standard errors by Newton's method; None where they are not finite."""
    beta = np.zeros(x.shape[1])
    if not 0 < y.sum() < len(y):
        return None
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta + offset, -30, 30)))
        information = (x * (p * (1 - p))[:, None]).T @ x
        if np.linalg.cond(information) > 1 / _CLOSE:
            return None
        step = np.linalg.solve(information, x.T @ (y - p))
        beta = beta + step
        if np.abs(step).max() < _CLOSE:
            return beta, np.sqrt(np.diag(np.linalg.inv(information)))
    return None


def calibration_bins(y: ArrayLike, p: ArrayLike, n_bins: int = 10, by: Bins = "count") -> pd.DataFrame:
    """Predicted against observed in bins of p.

    by: "count" for bins of about as many rows each (equal p stay together), "width" for equal parts of [0, 1].
    Returns one row per bin that holds rows: bin (from 1), n, mean_predicted, share_observed, low, high (Wilson 95%).
    """
    truth, probability = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    place = _bin_of(probability, n_bins, by)
    n = np.bincount(place, minlength=n_bins)
    filled = n > 0
    events, expected = (np.bincount(place, weights=part, minlength=n_bins)[filled] for part in (truth, probability))
    n = n[filled]
    low, high = wilson(events, n)
    found = {"n": n, "mean_predicted": expected / n, "share_observed": events / n, "low": low, "high": high}
    return pd.DataFrame({"bin": np.arange(1, len(n) + 1), **found})


def _bin_of(p: Floats, n_bins: int, by: Bins) -> NDArray[np.intp]:
    if by == "width":
        return np.clip((p * n_bins).astype(np.intp), 0, n_bins - 1)
    _, place, n = np.unique(p, return_inverse=True, return_counts=True)
    middle = (n.cumsum() - n / 2) / max(len(p), 1)
    return np.clip((middle * n_bins).astype(np.intp), 0, n_bins - 1)[place]


def expected_calibration_error(y: ArrayLike, p: ArrayLike, n_bins: int = 10, by: Bins = "count") -> float:
    """Mean over rows of |observed − predicted| of their bin, 0 to 1; NaN without rows. Bins as `calibration_bins`.

    Source: Naeini, Cooper and Hauskrecht (2015) with bins of equal width; Nguyen and O'Connor (2015) of equal count.
    """
    bins = calibration_bins(y, p, n_bins, by)
    if bins.empty:
        return float("nan")
    return float(np.average((bins["share_observed"] - bins["mean_predicted"]).abs(), weights=bins["n"]))


def population_stability(before: ArrayLike, after: ArrayLike, n_bins: int = 10) -> float:
    """Population stability index (PSI) between two samples of one score: 0 is the same distribution.

    Bins are tenths of `before`; half a row is added to each bin, so that an empty one gives no infinity. NaN where a
    sample is empty or `before` holds one value only. Two samples of n and m rows of one distribution have about
    (bins − 1) × (1/n + 1/m).
    Source: Siddiqi (2006); expectation by Yurdakul (2018).
    """
    old, new = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if len(np.unique(old)) < 2 or not len(new):
        return float("nan")
    edges = np.unique(np.quantile(old, np.arange(1, n_bins) / n_bins))
    was, now = (_shares(sample, edges) for sample in (old, new))
    return float(((now - was) * np.log(now / was)).sum())


def _shares(sample: Floats, edges: Sequence[float] | Floats) -> Floats:
    n = np.bincount(np.searchsorted(edges, sample, side="left"), minlength=len(edges) + 1) + 0.5
    shares: Floats = n / n.sum()
    return shares
