"""Additive logistic regression whose shrinkage is learned from the data, one strength per part of each feature."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from .basis import Term, term_of

Vector = npt.NDArray[np.float64]

N_ROUNDS = 12
LEAST_VARIANCE, MOST_VARIANCE, FIRST_VARIANCE = 1e-6, 1.0, 0.002
FADE_MONTHS = 3.0
BELIEF = 0.5


@dataclass(frozen=True)
class Additive:
    """A fitted model: log-odds = intercept + the sum of the contributions of the features."""

    terms: tuple[Term, ...]
    slopes: tuple[Vector, ...]
    intercept: float

    def parts(self, frame: pd.DataFrame) -> tuple[Vector, Vector]:
        """Row × term twice: what each feature adds always, and what it adds as well in the next month, fading."""
        always, near = np.zeros((2, len(frame), len(self.terms)))
        for place, (term, slope) in enumerate(zip(self.terms, self.slopes, strict=True)):
            columns = term.columns(frame[term.feature])
            always[:, place] = columns @ slope[: columns.shape[1]]
            if term.fades:
                near[:, place] = columns[:, 0] * slope[-1]
        return always, near

    def only(self, features: Collection[str]) -> Additive:
        """The model of those features alone, without intercept."""
        chosen = [place for place, term in enumerate(self.terms) if term.feature in features]
        return Additive(tuple(self.terms[k] for k in chosen), tuple(self.slopes[k] for k in chosen), 0.0)

    def log_odds(self, frame: pd.DataFrame) -> Vector:
        """Log-odds of the event, one per row."""
        always, near = self.parts(frame)
        return np.asarray(self.intercept + always.sum(axis=1) + nearness(frame) * near.sum(axis=1))


def fit_additive(frame: pd.DataFrame, event: npt.NDArray[np.bool_], information: float = 1.0) -> Additive:
    """Learn from the rows.

    information: how many independent rows one row is worth (1 or less), where the same account stands in several.
    The variance of the slopes of each group is that which makes the data most probable (MacKay 1992, evidence
    procedure; a weak prior keeps it in bounds), so a feature that tells nothing shrinks to nothing.
    """
    terms = tuple(term for name in frame.columns if (term := term_of(frame[name])) is not None)
    near = nearness(frame)
    columns = [_faded(term, term.columns(frame[term.feature]), near) for term in terms]
    design = np.column_stack([np.ones((len(frame), 1)), *columns]).astype(np.float32)
    groups = _groups(terms)
    slopes = _fitted(design, event.astype(np.float64), groups, information)
    places = np.cumsum([1, *(len(term.group) for term in terms)])
    return Additive(terms, tuple(slopes[a:b] for a, b in pairwise(places)), float(slopes[0]))


def _faded(term: Term, columns: Vector, near: Vector) -> Vector:
    return np.column_stack([columns, columns[:, :1] * near[:, None]]) if term.fades else columns


def nearness(frame: pd.DataFrame) -> Vector:
    """1 for the next month, fading by e every three months ahead; 1 everywhere without `months_ahead`."""
    if "months_ahead" not in frame:
        return np.ones(len(frame))
    return fade(frame["months_ahead"].to_numpy(dtype=np.float64))


def fade(ahead: Vector | float) -> Vector:
    """exp(−(months ahead − 1) ÷ 3)."""
    return np.asarray(np.exp(-(ahead - 1) / FADE_MONTHS))


def _groups(terms: tuple[Term, ...]) -> npt.NDArray[np.int64]:
    """The group of every slope: feature × kind of column."""
    found = [place * 5 + term.group for place, term in enumerate(terms)]
    return np.unique(np.concatenate(found), return_inverse=True)[1] if found else np.zeros(0, np.int64)


def _fitted(
    design: npt.NDArray[np.float32], event: Vector, groups: npt.NDArray[np.int64], information: float
) -> Vector:
    n_groups = int(groups.max()) + 1 if len(groups) else 0
    variance = np.full(n_groups, FIRST_VARIANCE)
    slopes = np.zeros(design.shape[1])
    slopes[0] = np.log((event.mean() + 1e-12) / (1 - event.mean() + 1e-12))
    for _ in range(N_ROUNDS):
        penalty = np.concatenate([[1e-6], 1 / variance[groups]])
        slopes, spread = _newton(design, event, slopes, penalty, information)
        variance = _variances(slopes[1:], spread[1:], groups, variance)
    return slopes


def _newton(
    design: npt.NDArray[np.float32], event: Vector, slopes: Vector, penalty: Vector, information: float
) -> tuple[Vector, Vector]:
    """One step towards the most probable slopes, and their variances there."""
    chance = expit(design @ slopes.astype(np.float32)).astype(np.float64)
    weight = (chance * (1 - chance)).astype(np.float32)
    curvature = information * (design.T @ (design * weight[:, None])).astype(np.float64)
    curvature[np.diag_indices_from(curvature)] += penalty
    gradient = information * (design.T @ (event - chance).astype(np.float32)).astype(np.float64) - penalty * slopes
    factor = cho_factor(curvature)
    step = cho_solve(factor, gradient)
    step *= min(1.0, 2.0 / max(np.abs(step).max(), 1e-12))
    return slopes + step, np.diag(cho_solve(factor, np.eye(len(slopes))))


def _variances(slopes: Vector, spread: Vector, groups: npt.NDArray[np.int64], before: Vector) -> Vector:
    n = np.bincount(groups, minlength=len(before))
    learned = n - np.bincount(groups, spread, len(before)) / before
    size = np.bincount(groups, slopes**2, len(before))
    after = (size + BELIEF * FIRST_VARIANCE) / (np.maximum(learned, 0) + BELIEF)
    return np.clip(after, LEAST_VARIANCE, MOST_VARIANCE)
