"""A logistic regression over piecewise linear functions of every feature, kept as one curve per feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .encoding import Feature

N_KNOTS = 8
MIN_LEVEL_ROWS = 5
MAX_LEVELS = 60


@dataclass(frozen=True)
class Curve:
    """Log-odds of one feature, centred on the training rows.

    at, height: corners of a line, flat outside; for a category `at` is empty and height holds one value per level,
    the last for unknown levels. gap: height where the value is missing.
    """

    at: np.ndarray
    height: np.ndarray
    gap: float

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Log-odds added by these values."""
        if not len(self.at):
            return np.asarray(self.height[values.astype(np.int64)])
        missing = np.isnan(values)
        return np.where(missing, self.gap, np.interp(np.where(missing, self.at[0], values), self.at, self.height))


@dataclass(frozen=True)
class Basis:
    """The columns that one feature has in the regression: a line, hinges at quantiles, a mark for gaps; or levels."""

    at: np.ndarray
    levels: np.ndarray
    n_levels: int
    has_gaps: bool

    def columns(self, values: np.ndarray) -> np.ndarray:
        """Rows × columns."""
        if self.n_levels:
            return np.asarray(values[:, None] == self.levels, dtype=float)
        missing = np.isnan(values)
        inside = np.clip(np.where(missing, self.at[0], values), self.at[0], self.at[-1]) - self.at[0]
        hinges = np.maximum(inside[:, None] - (self.at[:-1] - self.at[0]), 0.0) * ~missing[:, None]
        return np.column_stack([hinges, missing]) if self.has_gaps else hinges

    def curve(self, weights: np.ndarray, centre: np.ndarray) -> Curve:
        """The curve that these weights draw; `centre` is the mean of the columns in training."""
        offset = float(centre @ weights)
        if self.n_levels:
            height = np.zeros(self.n_levels + 1)
            height[self.levels.astype(np.int64)] = weights
            return Curve(np.empty(0), height - offset, -offset)
        line = self.columns(self.at) @ weights - offset
        return Curve(self.at, line, float(weights[-1]) * self.has_gaps - offset)


def basis_of(values: np.ndarray, feature: Feature) -> Basis | None:
    """The basis of a feature; None where it is not used."""
    if feature.aside:
        return None
    if feature.is_category:
        n_levels = len(feature.levels or ())
        n = np.bincount(values.astype(np.int64), minlength=n_levels)
        frequent = np.argsort(-n, kind="stable")[:MAX_LEVELS]
        kept = np.sort(frequent[n[frequent] >= MIN_LEVEL_ROWS]).astype(float)
        return Basis(np.empty(0), kept, n_levels, False) if len(kept) else None
    known = values[~np.isnan(values)]
    at = np.unique(np.quantile(known, np.linspace(0, 1, N_KNOTS + 2)))
    if len(at) < 2:
        at = np.array([at[0], at[0] + 1.0])
    return Basis(at, np.empty(0), 0, len(known) < len(values))


@dataclass(frozen=True)
class Design:
    """The whole regression matrix, scaled, and where each feature's columns lie in it."""

    bases: tuple[Basis | None, ...]
    matrix: np.ndarray
    centre: np.ndarray
    scale: np.ndarray

    def curves(self, weights: np.ndarray) -> list[Curve]:
        """One curve per feature from weights of the scaled columns."""
        plain, place, found = weights / self.scale, 0, []
        for basis in self.bases:
            width = _width(basis)
            part = slice(place, place + width)
            found.append(basis.curve(plain[part], self.centre[part]) if basis else _flat())
            place += width
        return found


def _width(basis: Basis | None) -> int:
    if basis is None:
        return 0
    return len(basis.levels) if basis.n_levels else len(basis.at) - 1 + basis.has_gaps


def _flat() -> Curve:
    return Curve(np.array([0.0, 1.0]), np.zeros(2), 0.0)


def design(matrix: np.ndarray, features: Sequence[Feature]) -> Design:
    """The regression matrix of encoded training rows."""
    bases = tuple(basis_of(matrix[:, place], feature) for place, feature in enumerate(features))
    blocks = [basis.columns(matrix[:, place]) for place, basis in enumerate(bases) if basis]
    columns = np.column_stack(blocks) if blocks else np.empty((len(matrix), 0))
    centre, scale = columns.mean(axis=0), columns.std(axis=0)
    scale[scale == 0] = 1.0
    return Design(bases, (columns - centre) / scale, centre, scale)
