"""Two cohorts side by side in one period, honest about how few they are and how often somebody looked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import UnknownName
from ..intervals import SMALLEST_GROUP, ratio_error, wilson
from ..triangle import MONEY
from .answer import Answer

LEVEL, Z, DRAWS, MOST_DRAWN = 0.05, 1.959963984540054, 1999, 5000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """One cohort in the period: how many accounts are old enough (and measured), and its share or mean."""

    cohort: str
    n: int
    share: float


@dataclass(frozen=True)
class Comparison:
    """first − second in one period. low, high: 95% interval of the difference. p: of a difference at least as large by
    chance alone. looks: comparisons made so far, this one included. p_adjusted: p × looks, at most 1 (Bonferroni).
    p, low and high are not a number where either side has fewer than five accounts.
    """

    first: Side
    second: Side
    period: int
    difference: float
    low: float
    high: float
    p: float
    looks: int

    @property
    def p_adjusted(self) -> float:
        """The same after looking so often."""
        return min(1.0, self.p * self.looks)

    @property
    def verdict(self) -> str:
        """too_few, differs (p_adjusted below .05), differs_once (only p is), or not_told_apart."""
        if np.isnan(self.p):
            return "too_few"
        if self.p_adjusted < LEVEL:
            return "differs"
        return "differs_once" if self.p < LEVEL else "not_told_apart"


def compare(answer: Answer, first: str, second: str, period: int, looks: int = 1) -> Comparison:
    """Two cohorts of the answer in that period. Raises UnknownName for a cohort that is not in it.

    Shares of accounts: Newcombe's interval (1998, method 10) and Fisher's exact test, two-sided by probabilities. Money
    and means: linearised standard errors, and a permutation of accounts (1,999 draws, seed 0), or the normal
    approximation above 5,000 accounts.
    """
    sides = [_values(answer, name, period) for name in (first, second)]
    (value_a, base_a), (value_b, base_b) = sides
    a, b = (Side(name, len(v), _ratio(v, base)) for name, (v, base) in zip((first, second), sides, strict=True))
    few = min(a.n, b.n) < SMALLEST_GROUP
    if few:
        low = high = p = float("nan")
    elif answer.question.unit in MONEY or answer.question.is_mean:
        low, high = _linear_interval(sides, a.share - b.share)
        p = _permuted(np.concatenate([value_a, value_b]), np.concatenate([base_a, base_b]), a.n)
    else:
        low, high = _newcombe(value_a.sum(), a.n, value_b.sum(), b.n)
        p = _fisher(int(value_a.sum()), a.n, int(value_b.sum()), b.n)
    return Comparison(a, b, period, a.share - b.share, low, high, p, max(looks, 1))


def _values(answer: Answer, cohort: str, period: int) -> tuple[Floats, Floats]:
    """What is left of each account of the cohort in the period, and of what; accounts too young are not in it."""
    if cohort not in answer.cohorts:
        raise UnknownName("cohort", cohort, answer.cohorts)
    question, sized = answer.question, answer.population.did(answer.question)
    if period >= sized.since.mature.shape[1]:
        return np.zeros(0), np.zeros(0)
    rows = np.flatnonzero((answer.group == cohort).to_numpy() & sized.since.mature[:, period])
    if question.is_mean:
        measured = rows[sized.since.active[rows, period]]
        return sized.since.value[measured, period], np.ones(len(measured))
    since = sized.kept(rows, period + 1, question.counted)
    kept = since.active[:, period].astype(float)
    if question.unit not in MONEY:
        return kept, np.ones(len(kept))
    now, first = since.value[:, period], since.value[:, 0]
    left: Floats = kept * (np.minimum(now, first) if question.unit == "gross_revenue" else now)
    return left, first


def _ratio(value: Floats, base: Floats) -> float:
    return float(value.sum() / base.sum()) if base.sum() > 0 else float("nan")


def _newcombe(hits_a: float, n_a: int, hits_b: float, n_b: int) -> tuple[float, float]:
    (low_a, high_a), (low_b, high_b) = wilson(hits_a, n_a), wilson(hits_b, n_b)
    a, b = hits_a / n_a, hits_b / n_b
    low = a - b - np.hypot(a - low_a, high_b - b)
    high = a - b + np.hypot(high_a - a, b - low_b)
    return float(low), float(high)


def _fisher(hits_a: int, n_a: int, hits_b: int, n_b: int) -> float:
    """Sum of the probabilities of all tables with these margins that are no likelier than this one."""
    from scipy.special import gammaln

    hits, n = hits_a + hits_b, n_a + n_b
    possible = np.arange(max(0, hits - n_b), min(hits, n_a) + 1)

    def log_ways(n: int, taken: NDArray[np.int64]) -> Floats:
        ways: Floats = gammaln(n + 1.0) - gammaln(taken + 1.0) - gammaln(n - taken + 1.0)
        return ways

    chance: Floats = np.exp(log_ways(n_a, possible) + log_ways(n_b, hits - possible) - log_ways(n, np.array([hits])))
    seen = float(chance[hits_a - possible[0]])
    return float(min(1.0, chance[chance <= seen * (1 + 1e-7)].sum()))


def _linear_interval(sides: list[tuple[Floats, Floats]], difference: float) -> tuple[float, float]:
    (value_a, base_a), (value_b, base_b) = sides
    half = Z * float(np.hypot(ratio_error(value_a, base_a), ratio_error(value_b, base_b)))
    return difference - half, difference + half


def _permuted(value: Floats, base: Floats, n_first: int) -> float:
    """Share of random splits of all accounts whose difference is at least as large, this one counted in."""
    n = len(value)
    seen = _ratio(value[:n_first], base[:n_first]) - _ratio(value[n_first:], base[n_first:])
    if n > MOST_DRAWN:
        error = float(
            np.hypot(ratio_error(value[:n_first], base[:n_first]), ratio_error(value[n_first:], base[n_first:]))
        )
        return _two_sided(seen / error) if error > 0 else 1.0
    rng = np.random.default_rng(0)
    total, whole = value.sum(), base.sum()
    as_large = 0
    for _ in range(DRAWS):
        chosen = rng.permutation(n)[:n_first]
        top, bottom = value[chosen].sum(), base[chosen].sum()
        if 0 < bottom < whole:
            as_large += bool(abs(top / bottom - (total - top) / (whole - bottom)) >= abs(seen) - 1e-12)
    return (as_large + 1) / (DRAWS + 1)


def _two_sided(z: float) -> float:
    from math import erfc, sqrt

    return erfc(abs(z) / sqrt(2))
