"""Fit the regularised logistic regression on every fold, with the strength that predicts best outside.

Rows come in an order by hash, so the first 30,000 of a fold are a random sample: enough for curves. Fewer are taken
where there are many columns, as the time grows with rows × columns².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from .encoding import Feature
from .linear import Curve, design

STRENGTHS = (0.03, 0.3, 3.0)
MAX_ROWS, MIN_ROWS, MAX_CELLS = 30_000, 10_000, 4_000_000
Split = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Additive:
    """Intercept and one curve per feature: the average of the folds' regressions."""

    intercept: float
    curves: tuple[Curve, ...]

    def contributions(self, matrix: np.ndarray) -> np.ndarray:
        """Log-odds per row × feature; with `intercept` they add up to the log-odds."""
        return np.column_stack([curve(matrix[:, place]) for place, curve in enumerate(self.curves)])

    def log_odds(self, matrix: np.ndarray) -> np.ndarray:
        """Log-odds per row."""
        total = np.full(len(matrix), self.intercept)
        for place, curve in enumerate(self.curves):
            total += curve(matrix[:, place])
        return total


def fit_additive(
    matrix: np.ndarray, features: Sequence[Feature], event: np.ndarray, weight: np.ndarray, splits: Sequence[Split]
) -> tuple[Additive, np.ndarray]:
    """The regression and its log-odds of every row from the fold that has not seen it."""
    plan = design(matrix, features)
    outside = np.empty(len(matrix))
    if not plan.matrix.shape[1]:
        return _constant(features, event, weight, splits, outside)
    turn = _turn(plan.matrix)
    matrix = plan.matrix if turn is None else plan.matrix @ turn
    most = int(np.clip(MAX_CELLS // matrix.shape[1], MIN_ROWS, MAX_ROWS))
    fit = _best(matrix, event, weight, splits[0], most)
    weights, intercepts = [], []
    for whole, judged in splits:
        inside = whole[:most]
        fit.fit(matrix[inside], event[inside], weight[inside])
        outside[judged] = fit.decision_function(matrix[judged])
        weights.append(fit.coef_[0].copy())
        intercepts.append(float(fit.intercept_[0]))
    mean = np.mean(weights, axis=0)
    curves = plan.curves(mean if turn is None else turn @ mean)
    return Additive(float(np.mean(intercepts)), tuple(curves)), outside


def _turn(matrix: np.ndarray) -> np.ndarray | None:
    """Orthogonal directions that hold all rows, where there are more columns than rows.

    The best weights lie among the rows, and a turn leaves their size, hence the penalty, as it is: so the fit in as
    many columns as there are rows is the same, and takes seconds instead of minutes.
    """
    return np.linalg.qr(matrix.T)[0] if matrix.shape[1] > matrix.shape[0] else None


def _constant(
    features: Sequence[Feature], event: np.ndarray, weight: np.ndarray, splits: Sequence[Split], outside: np.ndarray
) -> tuple[Additive, np.ndarray]:
    share = float(np.average(event, weights=weight))
    flat = Curve(np.array([0.0, 1.0]), np.zeros(2), 0.0)
    outside[:] = np.log(share / (1 - share))
    return Additive(float(outside[0]), (flat,) * len(features)), outside


def _best(matrix: np.ndarray, event: np.ndarray, weight: np.ndarray, split: Split, most: int) -> LogisticRegression:
    """A regression of the best strength, from whose slopes further fits start."""
    inside, judged = split[0][:most], split[1]
    fit = LogisticRegression(solver="newton-cholesky", warm_start=True, max_iter=50)
    losses = []
    for strength in STRENGTHS:
        fit.set_params(C=strength).fit(matrix[inside], event[inside], weight[inside])
        losses.append(log_loss(fit.decision_function(matrix[judged]), event[judged], weight[judged]))
    return fit.set_params(C=STRENGTHS[int(np.argmin(losses))])


def log_loss(log_odds: np.ndarray, event: np.ndarray, weight: np.ndarray) -> float:
    """Weighted mean of −log p(what happened)."""
    return float(np.average(np.logaddexp(0.0, log_odds) - event * log_odds, weights=weight))
