"""Features as columns of an additive model: lines with bends, steps before a renewal, categories, gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Matrix = npt.NDArray[np.float64]

STEPS = {"months_to_renewal": (1.0, 2.0, 3.0, 4.0, 6.0, 9.0), "months_ahead": (1.0, 2.0, 3.0, 6.0)}
QUANTILES = (0.02, 0.3, 0.7, 0.98)
FEWEST_OF_CATEGORY = 30
NEAR = 4
LINES = (0, NEAR)
SKEWED = 6.0


@dataclass(frozen=True)
class Term:
    """The columns of one feature.

    unit: of numbers that are taken as log(1 + number ÷ unit), for most are small and few are large; 0 for as they are.
    knots: of numbers; the first and last bound the line, those between bend it. steps: of numbers, each a jump above
    it. levels: of a category. centre, scale: per column.
    group: per column, 0 the line, 1 bends and steps, 2 levels, 3 the gap, 4 the line once more, fading with the
    months ahead.
    """

    feature: str
    unit: float
    knots: tuple[float, ...]
    steps: tuple[float, ...]
    levels: tuple[str, ...]
    centre: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    group: npt.NDArray[np.int64]

    def columns(self, values: pd.Series) -> Matrix:
        """Centred and scaled columns, the near line left out; a missing value has the mean of all but the gap."""
        raw = _raw(scaled(values, self.unit), self.knots, self.steps, self.levels)
        return np.asarray((np.where(np.isnan(raw), self.centre, raw) - self.centre) / self.scale)

    @property
    def fades(self) -> bool:
        """Whether the line has a second slope that fades with the months ahead."""
        return NEAR in self.group


def term_of(values: pd.Series, fades: bool) -> Term | None:
    """The term that suits the values of a feature; None for a constant. fades: whether numbers have a near line."""
    name = str(values.name)
    unit = _unit(values)
    values = scaled(values, unit)
    knots, steps, levels = _shape(values)
    raw = _raw(values, knots, steps, levels)
    with np.errstate(invalid="ignore"):
        known = ~np.isnan(raw)
        centre = np.where(known, raw, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        spread = np.sqrt((np.where(known, raw - centre, 0.0) ** 2).sum(axis=0) / len(raw))
    if not (spread > 1e-9).any():
        return None
    n_line = int(len(knots) > 1)
    kinds = (
        [0] * n_line + [1] * (max(len(knots) - 2, 0) + len(steps)) + [2] * len(levels) + [3] + [NEAR] * (n_line * fades)
    )
    scale = np.where(spread > 1e-9, spread, np.inf)
    return Term(name, unit, knots, steps, levels, centre, scale, np.array(kinds, dtype=np.int64))


def _unit(values: pd.Series) -> float:
    """The median of the positive numbers, where none is negative and 2% are more than six times as large; else 0."""
    if values.dtype.kind not in "fiu" or values.name in STEPS or not (values >= 0).any() or (values < 0).any():
        return 0.0
    numbers = values.to_numpy(dtype=np.float64)
    middle = np.median(numbers[numbers > 0]) if (numbers > 0).any() else 0.0
    return float(middle) if np.nanquantile(numbers, 0.98) > SKEWED * middle else 0.0


def scaled(values: pd.Series, unit: float) -> pd.Series:
    """log(1 + value ÷ unit), values below zero as zero; as they are where unit is 0."""
    if not unit:
        return values
    numbers = values.to_numpy(dtype=np.float64)
    return pd.Series(np.log1p(np.maximum(numbers, 0.0) / unit), values.index, name=values.name)


def _shape(values: pd.Series) -> tuple[tuple[float, ...], tuple[float, ...], tuple[str, ...]]:
    if values.dtype.kind not in "fiub":
        counts = values.value_counts()
        return (), (), tuple(sorted(str(level) for level in counts.index[counts >= FEWEST_OF_CATEGORY]))
    numbers = values.to_numpy(dtype=np.float64)
    numbers = numbers[~np.isnan(numbers)]
    if values.name in STEPS:
        return (), STEPS[str(values.name)], ()
    if not len(numbers):
        return (), (), ()
    quantiles = set(np.quantile(numbers, QUANTILES))
    low = numbers.min()
    rest = numbers[numbers > low]
    if len(rest) < 0.6 * len(numbers) and len(rest):
        quantiles = {low, *np.quantile(rest, (0.02, 0.5, 0.9))}
    return tuple(sorted(float(q) for q in quantiles)), (), ()


def _raw(values: pd.Series, knots: tuple[float, ...], steps: tuple[float, ...], levels: tuple[str, ...]) -> Matrix:
    missing = values.isna().to_numpy()
    if values.dtype.kind not in "fiub":
        text = values.to_numpy(dtype=object)
        parts = [(text == level).astype(np.float64) for level in levels]
    else:
        number = values.to_numpy(dtype=np.float64)
        parts = [(number > step).astype(np.float64) for step in steps]
        if len(knots) > 1:
            held = np.clip(number, knots[0], knots[-1])
            parts = [held, *(np.maximum(held - knot, 0.0) for knot in knots[1:-1]), *parts]
        parts = [np.where(missing, np.nan, part) for part in parts]
    return np.column_stack([*parts, missing.astype(np.float64)])
