"""Uncertainty of shares: Wilson intervals, shrinkage of small books, and suppression of small groups."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

SMALLEST_GROUP = 5
Floats = NDArray[np.float64]


def wilson(n_hits: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson score interval of a share.

    n_hits, n: counts, scalar or one per group. Returns low and high in [0, 1]; NaN where n is 0.
    Source: Wilson (1927), as in Brown, Cai and DasGupta (2001).
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    hits, total = np.asarray(n_hits, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / total
        centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
        half = z / (1 + z**2 / total) * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def suppressed(n: ArrayLike, smallest: int = SMALLEST_GROUP) -> NDArray[np.bool_]:
    """Which rates to hide when the groups and their total are shown together.

    n: accounts per group. A group of 1 to smallest − 1 accounts is hidden. When the hidden groups together still hold
    fewer than `smallest` accounts, the next smallest shown group is hidden too, so that none can be computed back from
    the total. A group of 0 has no rate and hides nothing.
    """
    sizes = np.asarray(n, dtype=float)
    hidden = (sizes > 0) & (sizes < smallest)
    shown = [int(i) for i in np.argsort(sizes, kind="stable") if sizes[i] >= smallest]
    while hidden.any() and shown and (hidden.sum() < 2 or sizes[hidden].sum() < smallest):
        hidden[shown.pop(0)] = True
    return hidden


def shrunk_shares(n_hits: Sequence[float] | Floats, n: Sequence[float] | Floats, level: float = 0.95) -> pd.DataFrame:
    """Shares of small books drawn towards the share of all, by how much the books really differ.

    n_hits, n: counts per book. Returns one row per book: n, n_hits, share (raw, NaN where n is 0), shrunk, low, high
    (normal interval of the beta posterior, in [0, 1]).
    Beta-binomial, prior mean and strength by the method of moments (Kleinman 1973). The strength, in accounts, lies
    between 1 and the number of all accounts; books that differ no more than by chance are drawn in the most.
    """
    hits, total = np.asarray(n_hits, dtype=float), np.asarray(n, dtype=float)
    mean, strength = _beta_prior(hits, total)
    a, b = mean * strength + hits, (1 - mean) * strength + total - hits
    shrunk = a / (a + b)
    half = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt(shrunk * (1 - shrunk) / (a + b + 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = hits / total
    low, high = np.clip(shrunk - half, 0, 1), np.clip(shrunk + half, 0, 1)
    return pd.DataFrame({"n": total, "n_hits": hits, "share": share, "shrunk": shrunk, "low": low, "high": high})


def _beta_prior(hits: Floats, total: Floats) -> tuple[float, float]:
    """Mean and strength (prior accounts) of the beta distribution of the books' true shares."""
    n_all, k = float(total.sum()), int((total > 0).sum())
    if not n_all:
        return 0.5, 1.0
    mean = float(hits.sum()) / n_all
    spread = float(np.divide((hits - mean * total) ** 2, total, where=total > 0, out=np.zeros_like(total)).sum())
    within, effective = mean * (1 - mean), n_all - float((total**2).sum()) / n_all - (k - 1)
    correlation = (spread / within - (k - 1)) / effective if within > 0 and effective > 0 else 0.0
    return mean, float(np.clip(1 / correlation - 1, 1.0, n_all)) if correlation > 0 else n_all


def mean_interval(n: ArrayLike, total: ArrayLike, squares: ArrayLike, level: float = 0.95) -> tuple[Floats, ...]:
    """Mean and its interval by Student's t from counts, sums and sums of squares, scalar or one per group.

    Returns mean, low and high; the mean is NaN where n is 0, the interval where n is below 2.
    """
    from scipy.special import stdtrit

    count, added, squared = (np.asarray(values, dtype=float) for values in (n, total, squares))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = added / count
        spread = np.sqrt(np.maximum(squared - count * mean**2, 0.0) / (count - 1) / count)
        half = np.where(count > 1, stdtrit(np.maximum(count - 1, 1), 0.5 + level / 2) * spread, np.nan)
    return mean, mean - half, mean + half


def ratio_error(value: Floats, base: Floats) -> float:
    """Standard error of sum(value) / sum(base) over independent accounts, linearised; NaN under two accounts.

    Source: the ratio estimator of survey sampling (Cochran 1977, chapter 6).
    """
    n, whole = len(value), float(base.sum())
    if n < 2 or whole <= 0:
        return float("nan")
    residual = (value - value.sum() / whole * base) / whole
    return float(np.sqrt(n / (n - 1) * (residual**2).sum()))
