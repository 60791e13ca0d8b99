"""The share that had an event, with its exact interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """Share of n with an event; low and high bound it with 95% confidence, exactly (Clopper and Pearson 1934).

    With no event the interval is one-sided, so that high = 1 − 0.05^(1/n), near the "rule of three" 3/n;
    with nothing but events likewise from below. share is NaN and the interval [0, 1] when n is 0.
    """

    n_events: int
    n: int
    share: float
    low: float
    high: float


def exact_rate(n_events: int, n: int) -> Rate:
    """The rate of n_events in n, 0 ≤ n_events ≤ n."""
    from scipy.stats import beta

    if not n:
        return Rate(0, 0, float("nan"), 0.0, 1.0)
    tail = 0.025 if 0 < n_events < n else 0.05
    low = float(beta.ppf(tail, n_events, n - n_events + 1)) if n_events else 0.0
    high = float(beta.ppf(1 - tail, n_events + 1, n - n_events)) if n_events < n else 1.0
    return Rate(n_events, n, n_events / n, low, high)
