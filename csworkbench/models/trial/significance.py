"""Chance, and many comparisons at once."""

from __future__ import annotations

from math import exp, lgamma, log, log1p
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_ROUNDING = 1e-7


def two_sided_z(level: float) -> float:
    """Half width, in standard errors, of a two-sided normal interval at that level (0 to 1)."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def binomial_tail(n_hits: int, n: int, share: float) -> float:
    """Probability of at least n_hits in n independent trials that each hit with probability `share`; 1 for no trial."""
    if n_hits <= 0:
        return 1.0
    if not 0 < share < 1:
        return float(share >= 1)
    terms = (exp(_log_choose(n, k) + k * log(share) + (n - k) * log1p(-share)) for k in range(n_hits, n + 1))
    return min(sum(terms), 1.0)


def fisher_exact(n_hits: int, n: int, n_hits_other: int, n_other: int) -> float:
    """Two-sided p-value of equal shares in two groups: all tables no likelier than this one. Source: Fisher (1935)."""
    hits, total = n_hits + n_hits_other, n + n_other
    possible = range(max(0, hits - n_other), min(hits, n) + 1)
    logs = np.array([_log_choose(n, k) + _log_choose(n_other, hits - k) for k in possible]) - _log_choose(total, hits)
    here = logs[n_hits - possible.start]
    return min(float(np.exp(logs[logs <= here + _ROUNDING]).sum()), 1.0)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """The q-value of each p-value: calling everything up to q a finding is wrong in a share of q at most, on average.

    NaN p-values stay NaN and are not counted. Source: Benjamini and Hochberg (1995).
    """
    p = np.asarray(p_values, dtype=float)
    q, known = np.full(len(p), np.nan), np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
