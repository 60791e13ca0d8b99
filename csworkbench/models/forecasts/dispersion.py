"""How quarters stray from their forecasts beyond the chance of each account: drift of the level, and common shocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

LEVELS = np.linspace(-1.0, 1.0, 81)
SIGMAS = np.linspace(0.0, 0.8, 17)
LEVEL_SCALE, SIGMA_SCALE = 0.2, 0.1
HALF_LIFE_MONTHS = 9.0
OVERLAP = 3


@dataclass(frozen=True)
class Tried:
    """A forecast of one outcome as of an earlier month-end, and what came of it.

    age_months: months from the end of its quarter to now. expected: MRR that was expected to move, at each of LEVELS
    by which the accounts' log-odds might have been too low. variance: of that MRR at level 0, by the chance of each
    account alone. observed: MRR that moved.
    """

    age_months: int
    expected: Floats
    variance: float
    observed: float


@dataclass(frozen=True)
class Spread:
    """What is believed of the common shock of the next quarter, on the accounts' log-odds of one outcome.

    weights: posterior probability of each of LEVELS (the drift) × SIGMAS (standard deviation of a quarter's shock).
    """

    weights: Floats

    @property
    def shift(self) -> float:
        """The drift to correct for: log of the expected odds ratio."""
        return float(np.log(np.exp(LEVELS) @ self.weights.sum(axis=1)))

    @property
    def sigma(self) -> float:
        """Expected standard deviation of the shock around the drift."""
        return float(self.weights.sum(axis=0) @ SIGMAS)

    def drawn(self, n: int, rng: np.random.Generator) -> Floats:
        """Shocks of n quarters around the shift; their odds ratios average 1."""
        chosen = rng.choice(self.weights.size, size=n, p=self.weights.ravel())
        level, sigma = LEVELS[chosen // len(SIGMAS)], SIGMAS[chosen % len(SIGMAS)]
        return np.asarray(level - self.shift + sigma * rng.standard_normal(n) - sigma**2 / 2, dtype=np.float64)


def spread(tried: Sequence[Tried]) -> Spread:
    """What earlier forecasts say of drift and shocks.

    MRR that moved, in units of variance ÷ mean, is taken as negative binomial: the mean at the level, and the variance
    of a Poisson number mixed over log-normal shocks of the standard deviation. Priors: level normal (.2) with an
    average odds ratio of 1, standard deviation half normal (.1). A forecast counts a third, as three windows overlap,
    and half as much with every 9 months of age.
    """
    of_level = -0.5 * (LEVELS / LEVEL_SCALE + LEVEL_SCALE / 2) ** 2
    of_sigma = -0.5 * (SIGMAS / SIGMA_SCALE) ** 2 - np.log(2) * (SIGMAS == 0)
    log_weight = of_level[:, None] + of_sigma[None, :]
    for one in tried:
        if one.variance > 0:
            log_weight = log_weight + 0.5 ** (one.age_months / HALF_LIFE_MONTHS) / OVERLAP * _log_likelihood(one)
    weights = np.exp(log_weight - log_weight.max())
    return Spread(weights / weights.sum())


NO_SPREAD = Spread(np.outer(LEVELS == 0, SIGMAS == 0).astype(np.float64))


def _log_likelihood(one: Tried) -> Floats:
    """Level × sigma: log density of what was observed."""
    unit = one.variance / np.interp(0.0, LEVELS, one.expected)
    mean, seen = one.expected / unit, one.observed / unit
    pull = np.gradient(np.log(one.expected), LEVELS)
    extra = np.expm1((pull[:, None] * SIGMAS[None, :]) ** 2)
    return np.where(extra > 0, _negative_binomial(seen, mean[:, None], extra), _poisson(seen, mean[:, None]))


def _poisson(seen: float, mean: Floats) -> Floats:
    return np.asarray(seen * np.log(mean) - mean - gammaln(seen + 1))


def _negative_binomial(seen: float, mean: Floats, extra: Floats) -> Floats:
    """Log density with variance mean + extra × mean²; for amounts between whole numbers by the gamma function."""
    size = 1 / np.where(extra > 0, extra, 1.0)
    chosen = gammaln(seen + size) - gammaln(size) - gammaln(seen + 1)
    return np.asarray(chosen + size * np.log(size / (size + mean)) + seen * np.log(mean / (size + mean)))
