"""Ratios of risk: by how much more often something happens with a factor than without."""

from __future__ import annotations

from math import erfc, exp, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...metrics.intervals import wilson
from .significance import fisher_exact, two_sided_z

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


def hazard_ratio(
    strata: ArrayLike, exposed: ArrayLike, event: ArrayLike, accounts: ArrayLike | None = None, level: float = 0.95
) -> Ratio:
    """Hazard with the factor ÷ hazard without, between rows of the same stratum.

    One row per account at risk in an interval of time. strata: rows compared with one another (the interval, or
    interval × segment). exposed, event: true or false. The maximum of Cox's partial likelihood for one covariate that
    may change with time, ties as Breslow; Wald limits. accounts: an account may have the event again and again; with
    it the variance is the robust one, by account. NaN where all events, or none, are exposed.
    Source: Cox (1972); Breslow (1974); Lin and Wei (1989).
    """
    at_risk = _AtRisk(np.asarray(strata), np.asarray(exposed, dtype=float), np.asarray(event, dtype=float))
    if not 0 < at_risk.events_with.sum() < at_risk.events.sum():
        return UNKNOWN_RATIO
    beta, information = at_risk.fitted()
    if accounts is None:
        return _ratio(beta, 1 / sqrt(information), level)
    scores = np.bincount(np.unique(np.asarray(accounts), return_inverse=True)[1], weights=at_risk.scores(beta))
    return _ratio(beta, float(np.linalg.norm(scores)) / information, level)


class _AtRisk:
    """Rows of a Cox model with one binary covariate, and their sums per stratum that says something."""

    def __init__(self, strata: NDArray[np.generic], exposed: Floats, event: Floats) -> None:
        self.place = np.unique(strata, return_inverse=True)[1]
        self.exposed, self.event = exposed, event
        parts = [exposed, 1 - exposed, event * exposed, event]
        sums = np.array([np.bincount(self.place, weights=part) for part in parts])
        informative = (sums[0] > 0) & (sums[1] > 0) & (sums[3] > 0)
        self.with_, self.without, self.events_with, self.events = np.where(informative, sums, 0.0)

    def shares(self, beta: float) -> Floats:
        """Share of the hazard of each stratum that is borne by exposed rows."""
        total = self.with_ * exp(beta) + self.without
        shares: Floats = np.divide(self.with_ * exp(beta), total, out=np.zeros_like(total), where=total > 0)
        return shares

    def fitted(self) -> tuple[float, float]:
        """The log ratio by Newton's method, and the information."""
        beta = 0.0
        for _ in range(_STEPS):
            share = self.shares(beta)
            information = float((self.events * share * (1 - share)).sum())
            step = float((self.events_with - self.events * share).sum()) / information
            beta += min(max(step, -1.0), 1.0)
            if abs(step) < _CLOSE:
                break
        return beta, information

    def scores(self, beta: float) -> Floats:
        """Each row's part of the score; they sum to zero at the maximum."""
        total = self.with_ * exp(beta) + self.without
        hazard = np.divide(self.events, total, out=np.zeros_like(total), where=total > 0)
        expected = np.exp(beta * self.exposed) * hazard[self.place]
        counted = np.where(total > 0, 1.0, 0.0)[self.place]
        parts: Floats = counted * (self.exposed - self.shares(beta)[self.place]) * (self.event - expected)
        return parts


def risk_ratio(n_hits: int, n: int, n_hits_without: int, n_without: int, level: float = 0.95) -> Ratio:
    """Share with the factor ÷ share without. NaN where a group is empty or the share without is 0.

    Limits from Wilson's limits of both shares by the method of variance estimates recovery, so that shares of 0 and 1
    have honest ones; p-value: Fisher's exact test. Source: Donner and Zou (2012); Fisher (1935).
    """
    if not (n and n_without and n_hits_without):
        return UNKNOWN_RATIO
    p, p_without = n_hits / n, n_hits_without / n_without
    (low, high), (low_without, high_without) = (
        wilson(*counts, level) for counts in ((n_hits, n), (n_hits_without, n_without))
    )
    return Ratio(
        p / p_without,
        _recovered(p, p_without, float(low), float(high_without), -1),
        _recovered(p, p_without, float(high), float(low_without), 1),
        fisher_exact(n_hits, n, n_hits_without, n_without),
    )


def _recovered(p: float, p_without: float, limit: float, other: float, sign: int) -> float:
    product = p * p_without
    inner = product**2 - limit * other * (2 * p - limit) * (2 * p_without - other)
    return (product + sign * sqrt(max(inner, 0.0))) / (other * (2 * p_without - other))


def _ratio(log_ratio: float, error: float, level: float) -> Ratio:
    half = two_sided_z(level) * error
    p_value = erfc(abs(log_ratio) / error / sqrt(2)) if error else 1.0
    return Ratio(exp(log_ratio), exp(log_ratio - half), exp(log_ratio + half), p_value)
