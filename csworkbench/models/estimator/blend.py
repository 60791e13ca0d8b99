"""Weigh the members' log-odds and calibrate them, both on rows that no member has seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

_PRIOR = 1.0


@dataclass(frozen=True)
class Blend:
    """score = Σ weights × members' log-odds + shift; calibrated log-odds = g(score).

    Calibration is the beta calibration of Kull, Silva Filho and Flach (2017) on the log-odds scale:
    g(s) = high·softplus(s) − low·softplus(−s) + level with low, high ≥ 0, so it never reverses an order;
    low = high = 1 leaves the score as it is. It ends at ±surest: n rows of one kind without exception allow odds of
    n + 1 to 1 (Laplace's rule of succession), so that no row is ever certain.
    """

    weights: tuple[float, ...]
    shift: float
    low: float
    high: float
    level: float
    surest: float

    def score(self, members: np.ndarray) -> np.ndarray:
        """Blended log-odds of rows × members, not yet calibrated."""
        total = np.full(len(members), self.shift)
        for place, weight in enumerate(self.weights):
            total += weight * members[:, place]
        return total

    def calibrated(self, score: np.ndarray) -> np.ndarray:
        """Calibrated log-odds."""
        found = self.high * np.logaddexp(0, score) - self.low * np.logaddexp(0, -score) + self.level
        return np.asarray(np.clip(found, -self.surest, self.surest))

    def stretch(self, score: np.ndarray, base: float) -> np.ndarray:
        """(g(score) − g(base)) ÷ (score − base): scales contributions so that they add up after calibration too."""
        apart = score - base
        near = np.abs(apart) < 1e-6
        slope = self.high * expit(score) + self.low * expit(-score)
        rise = self.calibrated(score) - self.calibrated(np.array([base]))[0]
        return np.asarray(np.where(near, slope, rise / np.where(near, 1.0, apart)))


def fit_blend(members: np.ndarray, event: np.ndarray, weight: np.ndarray) -> Blend:
    """The blend that predicts best; weights are drawn to equal ones and the calibration to none, by about one row."""
    k = members.shape[1]
    found = _logistic(members, event, weight, np.full(k, 1.0 / k))
    score = members @ found[:k] + found[k]
    ends = np.column_stack([-np.logaddexp(0, -score), np.logaddexp(0, score)])
    low, high, level = _logistic(ends, event, weight, np.ones(2))
    surest = float(np.log(weight.sum() + 1))
    return Blend(tuple(map(float, found[:k])), float(found[k]), float(low), float(high), float(level), surest)


def for_average(blend: Blend, members: np.ndarray, apart: np.ndarray, n_models: int, weight: np.ndarray) -> Blend:
    """The blend for the average of n_models, from one calibrated on scores that come from one model each.

    An average is spread less than the scores of one model, as the noise in which models differ is averaged out; read by
    a calibration of single models it is too cautious. It is stretched about the mean by the ratio of both spreads.
    members: rows × members, unseen. apart: per row, the variance of the score between the models. Rows are weighed by
    what they tell of the slope, p(1 − p).
    """
    score = blend.score(members)
    known = blend.calibrated(score)
    told = weight * expit(known) * expit(-known)
    variance = np.average((score - np.average(score, weights=told)) ** 2, weights=told)
    if variance < 1e-12:
        return blend
    averaged_out = (1 - 1 / n_models) * np.average(apart, weights=told)
    stretch = float(np.sqrt(variance / max(variance - averaged_out, variance / n_models)))
    level = stretch * blend.level + (1 - stretch) * float(np.average(known, weights=told))
    return replace(blend, low=stretch * blend.low, high=stretch * blend.high, level=level)


def _logistic(columns: np.ndarray, event: np.ndarray, weight: np.ndarray, prior: np.ndarray) -> np.ndarray:
    k = len(prior)

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        z = columns @ point[:k] + point[k]
        off = point[:k] - prior
        residual = weight * (expit(z) - event)
        value = weight @ (np.logaddexp(0, z) - event * z) + _PRIOR * off @ off
        return float(value), np.append(columns.T @ residual + 2 * _PRIOR * off, residual.sum())

    bounds = [(0.0, None)] * k + [(None, None)]
    found = minimize(loss, np.append(prior, 0.0), jac=True, bounds=bounds, method="L-BFGS-B", tol=1e-10)
    return np.asarray(found.x)
