"""How far log-odds that were claimed may be believed, and the level at which they expect what happened."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit

Floats = npt.NDArray[np.float64]

SLOPES = (0.2, 2.0)


def honest_slope(claimed: Floats, event: npt.NDArray[np.bool_]) -> float:
    """Slope of a logistic regression of the event on log-odds claimed of rows that were not learnt from; .2 to 2."""
    design = np.column_stack([np.ones(len(claimed)), claimed])
    coefficients = np.array([0.0, 1.0])
    for _ in range(12):
        chance = expit(design @ coefficients)
        curvature = design.T @ (design * (chance * (1 - chance))[:, None]) + 1e-6 * np.eye(2)
        coefficients = coefficients + np.linalg.solve(curvature, design.T @ (event - chance))
    return float(np.clip(coefficients[1], *SLOPES))


def level(log_odds: Floats, event: npt.NDArray[np.bool_]) -> float:
    """What to add to the log-odds so that they expect as many events as there are."""
    return float(brentq(lambda shift: expit(shift + log_odds).sum() - event.sum(), -40, 40))
