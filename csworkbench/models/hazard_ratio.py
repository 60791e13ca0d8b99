"""Ratios of risk: by how much more often something happens with a factor than without."""

from __future__ import annotations

from math import erfc, exp, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .significance import two_sided_z

Floats = NDArray[np.float64]
_NOTHING = float("nan")
_STEPS, _CLOSE = 50, 1e-10


class Ratio(NamedTuple):
    """A ratio (1: no difference), its limits and its two-sided p-value; all NaN where it is not finite."""

    value: float
    low: float
    high: float
    p_value: float


UNKNOWN_RATIO = Ratio(_NOTHING, _NOTHING, _NOTHING, _NOTHING)


def hazard_ratio(strata: ArrayLike, exposed: ArrayLike, event: ArrayLike, level: float = 0.95) -> Ratio:
    """Hazard with the factor ÷ hazard without, between rows of the same stratum.

    One row per subject at risk in an interval of time. strata: rows compared with one another (the interval, or
    interval × segment). exposed, event: true or false. The maximum of Cox's partial likelihood for one covariate that
    may change with time, ties as Breslow; Wald limits. NaN where all events, or none, are exposed.
    Source: Cox (1972); Breslow (1974).
    """
    place = np.unique(np.asarray(strata), return_inverse=True)[1]
    with_factor, happened = np.asarray(exposed, dtype=float), np.asarray(event, dtype=float)
    sums = [with_factor, 1 - with_factor, happened * with_factor, happened]
    with_, without, events_with, events = (np.bincount(place, weights=part) for part in sums)
    informative = (with_ > 0) & (without > 0) & (events > 0)
    with_, without, events_with, events = (part[informative] for part in (with_, without, events_with, events))
    if not 0 < events_with.sum() < events.sum():
        return UNKNOWN_RATIO
    beta, information = _newton(with_, without, events_with, events)
    return _ratio(beta, 1 / sqrt(information), level)


def _newton(with_: Floats, without: Floats, events_with: Floats, events: Floats) -> tuple[float, float]:
    beta = 0.0
    for _ in range(_STEPS):
        share = with_ * exp(beta) / (with_ * exp(beta) + without)
        information = float((events * share * (1 - share)).sum())
        step = float((events_with - events * share).sum()) / information
        beta += min(max(step, -1.0), 1.0)
        if abs(step) < _CLOSE:
            break
    return beta, information


def risk_ratio(n_hits: int, n: int, n_hits_without: int, n_without: int, level: float = 0.95) -> Ratio:
    """Share with the factor ÷ share without; limits on the log scale. NaN where a group is empty or has no hit.

    Source: Katz et al. (1978).
    """
    if not (n and n_without and n_hits and n_hits_without):
        return UNKNOWN_RATIO
    error = sqrt(1 / n_hits - 1 / n + 1 / n_hits_without - 1 / n_without)
    return _ratio(log(n_hits / n) - log(n_hits_without / n_without), error, level)


def _ratio(log_ratio: float, error: float, level: float) -> Ratio:
    half = two_sided_z(level) * error
    p_value = erfc(abs(log_ratio) / error / sqrt(2)) if error else 1.0
    return Ratio(exp(log_ratio), exp(log_ratio - half), exp(log_ratio + half), p_value)
