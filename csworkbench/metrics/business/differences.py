"""Differences of two groups with intervals that need no simulation."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from ..intervals import Floats, wilson

Z = NormalDist().inv_cdf(0.975)
Difference = tuple[float, float, float]


def share_difference(n_hits: float, n: float, n_hits_rest: float, n_rest: float) -> Difference:
    """The difference of two shares with its 95% interval, each in [-1, 1]; NaN where a group is empty.

    Source: Newcombe (1998), Statistics in Medicine 17, 873–890, method 10 (hybrid of two Wilson intervals).
    """
    if not n or not n_rest:
        return math.nan, math.nan, math.nan
    p, q = n_hits / n, n_hits_rest / n_rest
    (low, low_rest), (high, high_rest) = wilson([n_hits, n_hits_rest], [n, n_rest])
    below, above = math.hypot(p - low, high_rest - q), math.hypot(high - p, q - low_rest)
    return p - q, p - q - below, p - q + above


def median_difference(here: Floats, rest: Floats) -> Difference:
    """The difference of two medians with its 95% interval; NaN where a group has fewer than two values.

    Source: Bonett and Price (2002), Psychological Methods 7, 370–383: the variance of each median from its order
    statistics, so that a few very large values do not widen it.
    """
    if len(here) < 2 or len(rest) < 2:
        return math.nan, math.nan, math.nan
    difference = float(np.median(here) - np.median(rest))
    half = Z * math.hypot(median_error(here), median_error(rest))
    return difference, difference - half, difference + half


def median_error(values: Floats) -> float:
    """The standard error of a median: half the distance of two order statistics over their normal quantile."""
    n = len(values)
    place = max(1, round((n + 1) / 2 - math.sqrt(n)))
    ordered = np.sort(values)
    quantile = NormalDist().inv_cdf(1 - _at_most(place - 1, n))
    return float(ordered[n - place] - ordered[place - 1]) / (2 * quantile)


def _at_most(k: int, n: int) -> float:
    """The chance of k heads or fewer in n throws of a coin."""
    logs = (math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) for i in range(k + 1))
    return math.fsum(math.exp(log - n * math.log(2)) for log in logs)
