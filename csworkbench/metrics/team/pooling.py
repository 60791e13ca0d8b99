"""Partial pooling: estimates of small books drawn together by how much the books really differ."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.9
_GRID = 600

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pooled:
    """groups: shrunk, low, high per group. spread: standard deviation between the groups' true values, with bounds."""

    groups: pd.DataFrame
    spread: float
    low: float
    high: float


def partial_pooling(effect: ArrayLike, error: ArrayLike, centre: float | None = None, level: float = LEVEL) -> Pooled:
    """Each group's estimate drawn towards the centre, averaged over every spread that the estimates allow.

    effect, error: estimate and standard error (above 0) per group. centre: the value of the whole, or None to estimate
    it. Intervals are of the posterior, by its mean and standard deviation; the spread is its median.
    Normal-normal model with a flat prior on the standard deviation between groups (Rubin 1981; Gelman 2006), integrated
    on a grid. Fewer than two groups tell nothing of a spread: it is NaN and nothing is drawn.
    """
    y, se = np.asarray(effect, dtype=float), np.asarray(error, dtype=float)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    if len(y) < 2 or not (se > 0).all():
        frame = pd.DataFrame({"shrunk": y, "low": y - z * se, "high": y + z * se})
        return Pooled(frame, float("nan"), float("nan"), float("nan"))
    spreads = _spreads(y, se)
    weight, mean, variance = _posteriors(y, se, spreads, centre)
    shrunk = weight @ mean
    deviation = np.sqrt(weight @ (variance + mean**2) - shrunk**2)
    low, middle, high = np.interp([0.5 - level / 2, 0.5, 0.5 + level / 2], np.cumsum(weight), spreads)
    frame = pd.DataFrame({"shrunk": shrunk, "low": shrunk - z * deviation, "high": shrunk + z * deviation})
    return Pooled(frame, float(middle), float(low), float(high))


def _spreads(y: Floats, se: Floats) -> Floats:
    """Spreads from zero to well beyond what the estimates show."""
    top: Floats = np.linspace(0, 4 * (y.max() - y.min()) + 4 * se.min(), _GRID)
    return top


def _posteriors(y: Floats, se: Floats, spreads: Floats, centre: float | None) -> tuple[Floats, Floats, Floats]:
    """Per spread: its probability, and mean and variance of every group given it."""
    total = spreads[:, None] ** 2 + se**2
    precision = (1 / total).sum(axis=1)
    middle = (y / total).sum(axis=1) / precision if centre is None else np.full(len(spreads), centre)
    doubt = 1 / precision if centre is None else np.zeros(len(spreads))
    log = -0.5 * (np.log(total) + (y - middle[:, None]) ** 2 / total).sum(axis=1)
    log += 0.5 * np.log(doubt) if centre is None else 0.0
    weight = np.exp(log - log.max())
    drawn = se**2 / total
    mean = (1 - drawn) * y + drawn * middle[:, None]
    return weight / weight.sum(), mean, (1 - drawn) * se**2 + drawn**2 * doubt[:, None]
