"""How far quarters stray from their forecasts beyond the chance of each account: common shocks and a model's own error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

GRID = np.linspace(0.0, 1.0, 41)
PRIOR_SCALE = 0.25


@dataclass(frozen=True)
class Spread:
    """How uncertain the common shock of a quarter is, on log-odds.

    sigmas: possible standard deviations. weights: their posterior probabilities, summing to 1.
    """

    sigmas: Floats
    weights: Floats

    @property
    def mean(self) -> float:
        """Posterior mean of the standard deviation."""
        return float(self.sigmas @ self.weights)

    def drawn(self, n: int, rng: np.random.Generator) -> Floats:
        """n shocks; their odds ratios average 1 for every standard deviation."""
        sigma = rng.choice(self.sigmas, size=n, p=self.weights)
        return np.asarray(sigma * rng.standard_normal(n) - sigma**2 / 2, dtype=np.float64)


NO_SPREAD = Spread(np.zeros(1), np.ones(1))


def spread(past: pd.DataFrame) -> Spread:
    """What earlier quarters, forecast as of their opening, say of the common shock.

    past: one row per quarter; expected (events, the sum of the accounts' probabilities) and observed (events).
    Given a standard deviation s, events are negative binomial with the expected mean and the variance of a gamma
    mixture, mean + mean² × (exp(s²) − 1). Prior of s: half normal with scale .25, on a grid from 0 to 1.
    """
    known = past[past["expected"] > 0]
    log_weight = -0.5 * (GRID / PRIOR_SCALE) ** 2
    mean, seen = known["expected"].to_numpy(dtype=np.float64), known["observed"].to_numpy(dtype=np.float64)
    log_weight = log_weight + np.array([_log_likelihood(seen, mean, sigma) for sigma in GRID])
    weights = np.exp(log_weight - log_weight.max())
    return Spread(GRID, weights / weights.sum())


def _log_likelihood(seen: Floats, mean: Floats, sigma: float) -> float:
    if sigma == 0:
        return float(stats.poisson.logpmf(seen, mean).sum())
    size = 1 / np.expm1(sigma**2)
    return float(stats.nbinom.logpmf(seen, size, size / (size + mean)).sum())
