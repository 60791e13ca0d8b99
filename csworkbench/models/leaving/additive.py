"""Additive logistic regression whose shrinkage is learned from the data, one strength per part of each feature."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.blas import ssyrk
from scipy.linalg.lapack import dtrtri
from scipy.special import expit

from .basis import LINES, Term, term_of

Vector = npt.NDArray[np.float64]

N_ROUNDS, N_FURTHER_ROUNDS = 12, 4
LEAST_VARIANCE, MOST_VARIANCE, FIRST_VARIANCE = 1e-6, 1.0, 0.002
FADE_MONTHS = 3.0
BELIEF = 0.5
NO_FAMILIES: Mapping[str, str] = MappingProxyType({})


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


@dataclass(frozen=True)
class Design:
    """Rows as the columns that slopes belong to.

    matrix: row × slope, the intercept first. groups: of every slope but the intercept, feature × kind of column,
    or family × kind for lines.
    """

    terms: tuple[Term, ...]
    matrix: npt.NDArray[np.float32]
    groups: npt.NDArray[np.int64]

    @classmethod
    def of(cls, frame: pd.DataFrame, families: Mapping[str, str] = NO_FAMILIES) -> Design:
        """The design of the rows; constant features are left out.

        families: feature → what it tells of; the lines of a family share one strength of shrinkage.
        """
        fades = "months_ahead" in frame
        terms = tuple(term for name in frame.columns if (term := term_of(frame[name], fades)) is not None)
        near = nearness(frame)
        columns = [_faded(term, term.columns(frame[term.feature]), near) for term in terms]
        matrix = np.column_stack([np.ones((len(frame), 1)), *columns]).astype(np.float32)
        return cls(terms, matrix, _groups(terms, families))

    def model(self, learnt: Learnt) -> Additive:
        """The model of these slopes."""
        places = np.cumsum([1, *(len(term.group) for term in self.terms)])
        slopes = tuple(learnt.slopes[a:b] for a, b in pairwise(places))
        return Additive(self.terms, slopes, float(learnt.slopes[0]))


@dataclass(frozen=True)
class Learnt:
    """The slopes of a design, the intercept first, and the variance of every group of slopes."""

    slopes: Vector
    variance: Vector


def fit_additive(frame: pd.DataFrame, event: npt.NDArray[np.bool_], information: float = 1.0) -> Additive:
    """The model of these rows; see `learn`."""
    design = Design.of(frame)
    return design.model(learn(design, event, information))


def learn(design: Design, event: npt.NDArray[np.bool_], information: float = 1.0) -> Learnt:
    """Learn from the rows.

    information: how many independent rows one row is worth (1 or less), where the same account stands in several.
    The variance of the slopes of each group is that which makes the data most probable (MacKay 1992, evidence
    procedure; a weak prior keeps it in bounds), so a feature that tells nothing shrinks to nothing.
    """
    n_groups = int(design.groups.max()) + 1 if len(design.groups) else 0
    slopes = np.zeros(design.matrix.shape[1])
    slopes[0] = np.log((event.mean() + 1e-12) / (1 - event.mean() + 1e-12))
    first = Learnt(slopes, np.full(n_groups, FIRST_VARIANCE))
    return _fitted(design.matrix, design.groups, event, information, first, N_ROUNDS)


def unseen(
    design: Design, event: npt.NDArray[np.bool_], information: float, start: Learnt, fold: npt.NDArray[np.int64]
) -> Vector:
    """Log-odds of every row by a model of the other folds only; 0 where a fold or the rest has no event.

    start: what all rows taught, from which each is a few steps away.
    """
    found = np.zeros(len(event))
    for number in np.unique(fold):
        out = fold == number
        if event[~out].any() and event[out].any():
            rest = _fitted(design.matrix[~out], design.groups, event[~out], information, start, N_FURTHER_ROUNDS)
            found[out] = design.matrix[out] @ rest.slopes.astype(np.float32)
    return found


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


def _groups(terms: tuple[Term, ...], families: Mapping[str, str]) -> npt.NDArray[np.int64]:
    """The group of every slope: family × kind for lines, feature × kind for all else."""
    kinds = [(term, kind) for term in terms for kind in term.group.tolist()]
    keys = [(families.get(term.feature, "") if kind in LINES else "", term.feature, kind) for term, kind in kinds]
    named = [f"family {family} {kind}" if family else f"feature {name} {kind}" for family, name, kind in keys]
    return np.unique(named, return_inverse=True)[1] if named else np.zeros(0, np.int64)


def _fitted(
    matrix: npt.NDArray[np.float32],
    groups: npt.NDArray[np.int64],
    event: npt.NDArray[np.bool_],
    information: float,
    start: Learnt,
    n_rounds: int,
) -> Learnt:
    slopes, variance = start.slopes, start.variance
    happened = event.astype(np.float64)
    for _ in range(n_rounds):
        penalty = np.concatenate([[1e-6], 1 / variance[groups]])
        slopes, spread = _newton(matrix, happened, slopes, penalty, information)
        variance = _variances(slopes[1:], spread[1:], groups, variance)
    return Learnt(slopes, variance)


def _newton(
    design: npt.NDArray[np.float32], event: Vector, slopes: Vector, penalty: Vector, information: float
) -> tuple[Vector, Vector]:
    """One step towards the most probable slopes, and their variances there."""
    chance = expit(design @ slopes.astype(np.float32)).astype(np.float64)
    weighted = design * np.sqrt(chance * (1 - chance)).astype(np.float32)[:, None]
    curvature = information * ssyrk(1.0, weighted.T).astype(np.float64)
    curvature[np.diag_indices_from(curvature)] += penalty
    gradient = information * (design.T @ (event - chance).astype(np.float32)).astype(np.float64) - penalty * slopes
    factor = cho_factor(curvature)
    step = cho_solve(factor, gradient)
    step *= min(1.0, 2.0 / max(np.abs(step).max(), 1e-12))
    inverse, _ = dtrtri(factor[0])
    return slopes + step, np.asarray((np.triu(inverse) ** 2).sum(axis=1))


def _variances(slopes: Vector, spread: Vector, groups: npt.NDArray[np.int64], before: Vector) -> Vector:
    n = np.bincount(groups, minlength=len(before))
    learned = n - np.bincount(groups, spread, len(before)) / before
    size = np.bincount(groups, slopes**2, len(before))
    after = (size + BELIEF * FIRST_VARIANCE) / (np.maximum(learned, 0) + BELIEF)
    return np.clip(after, LEAST_VARIANCE, MOST_VARIANCE)
