"""What a fitted model knows: features, members, blend. Nothing here learns except fit_predictor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .blend import Blend, fit_blend, for_average
from .boosting import JUDGED_ROWS, Boosted, fit_boosted
from .encoding import Feature
from .order import splits
from .regression import Additive, fit_additive
from .shapley import contributions as tree_contributions


@dataclass(frozen=True)
class Members:
    """The two members, how they are blended, and what is taken off each feature's contribution.

    centre: mean contribution per feature over the population where the members saw a case-control sample, else 0.
    """

    additive: Additive
    boosted: Boosted
    blend: Blend
    centre: np.ndarray

    def score(self, matrix: np.ndarray) -> np.ndarray:
        """Blended log-odds, not calibrated."""
        both = np.column_stack([self.additive.log_odds(matrix), self.boosted.log_odds(matrix)])
        return self.blend.score(both)

    @property
    def base_score(self) -> float:
        """Blended log-odds before any contribution."""
        both = np.array([[self.additive.intercept, self.boosted.forest.expected]])
        return float(self.blend.score(both)[0] + self.centre.sum())

    def contributions(self, matrix: np.ndarray) -> np.ndarray:
        """Contributions to the blended score, per row × feature."""
        return np.asarray(self._uncentred(matrix) - self.centre)

    def _uncentred(self, matrix: np.ndarray) -> np.ndarray:
        lines, trees = self.blend.weights
        boosted = self.boosted
        shapley = tree_contributions(boosted.forest, boosted.widened(matrix), boosted.source, matrix.shape[1])
        return lines * self.additive.contributions(matrix) + trees * shapley


@dataclass(frozen=True)
class Predictor:
    """Features and members; without members every row gets the log-odds `base` of the overall share."""

    features: tuple[Feature, ...]
    base: float
    members: Members | None

    def log_odds(self, matrix: np.ndarray) -> np.ndarray:
        """Calibrated log-odds per row of the encoded matrix."""
        if self.members is None:
            return np.full(len(matrix), self.base)
        return self.members.blend.calibrated(self.members.score(matrix))

    def contributions(self, matrix: np.ndarray) -> np.ndarray:
        """Log-odds per row × feature; with `base` they add up to `log_odds` (to 1e-9)."""
        if self.members is None:
            return np.zeros(matrix.shape)
        plain = self.members.contributions(matrix)
        base = self.members.base_score
        return np.asarray(plain * self.members.blend.stretch(base + plain.sum(axis=1), base)[:, None])


def flat_predictor(features: tuple[Feature, ...], share: float) -> Predictor:
    """The same share for every row."""
    return Predictor(features, float(np.log(share / (1 - share))), None)


def fit_predictor(
    matrix: np.ndarray,
    features: tuple[Feature, ...],
    event: np.ndarray,
    weight: np.ndarray,
    stands_for: np.ndarray,
    fold: np.ndarray,
    seed: int,
) -> Predictor:
    """Learn from encoded rows in canonical order. weight: of each row; stands_for: rows of the population it is for."""
    parts: Sequence[tuple[np.ndarray, np.ndarray]] = splits(fold)
    happened = event.astype(float)
    additive, outside_lines = fit_additive(matrix, features, happened, weight, parts)
    boosted, outside_trees, apart = fit_boosted(matrix, features, happened, weight, parts, seed)
    outside = np.column_stack([outside_lines, outside_trees])
    population = weight * stands_for
    blend = fit_blend(outside, happened, population)
    few = slice(0, JUDGED_ROWS)
    blend = for_average(blend, outside[few], blend.weights[1] ** 2 * apart, len(parts), population[few])
    members = Members(additive, boosted, blend, np.zeros(len(features)))
    if stands_for.max() > 1:
        centre = np.average(members.contributions(matrix[few]), axis=0, weights=population[few])
        members = Members(additive, boosted, blend, centre)
    return Predictor(features, float(blend.calibrated(np.array([members.base_score]))[0]), members)
