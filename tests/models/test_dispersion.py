from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from csworkbench.models.forecasts.dispersion import LEVELS, NO_SPREAD, SIGMAS, Tried, _log_likelihood, spread


def counted(expected: float, observed: float, age_months: int = 0) -> Tried:
    """A forecast of rare events of one unit each: the variance is the mean, and a level multiplies it."""
    return Tried(age_months, expected * np.exp(LEVELS), expected, observed)


def test_the_likelihood_of_whole_events_is_negative_binomial_with_the_variance_of_log_normal_shocks() -> None:
    found, level, sigma = _log_likelihood(counted(20.0, 27.0)), 50, 6
    mean, extra = 20.0 * np.exp(LEVELS[level]), np.expm1(SIGMAS[sigma] ** 2)
    assert found[level, sigma] == pytest.approx(stats.nbinom.logpmf(27, 1 / extra, 1 / (1 + extra * mean)))
    assert found[level, 0] == pytest.approx(stats.poisson.logpmf(27, mean))


def test_without_earlier_forecasts_there_is_no_drift_to_correct() -> None:
    nothing = spread([])
    assert nothing.shift == pytest.approx(0, abs=0.001)
    assert nothing.sigma == pytest.approx(0.1 * np.sqrt(2 / np.pi), abs=0.005)


def test_quarters_that_all_came_out_higher_move_the_level_and_not_the_spread() -> None:
    higher = spread([counted(200, 260, age) for age in range(12)])
    assert higher.shift == pytest.approx(np.log(1.3), abs=0.08)
    assert higher.sigma < spread([]).sigma


def test_quarters_that_scatter_widen_the_spread_and_leave_the_level() -> None:
    scattered = spread([counted(400, 400 * ratio, 0) for ratio in (0.6, 1.4, 0.7, 1.5, 0.65, 1.45) * 3])
    assert abs(scattered.shift) < 0.1
    assert scattered.sigma > 0.25


def test_old_forecasts_count_less() -> None:
    new, old = (spread([counted(100, 160, age) for _ in range(3)]).shift for age in (0, 36))
    assert new > old > 0


def test_shocks_have_an_average_odds_ratio_of_one_around_the_shift() -> None:
    believed = spread([counted(50, 70, 3), counted(60, 40, 0), counted(55, 80, 6)])
    assert np.exp(believed.drawn(400_000, np.random.default_rng(0))).mean() == pytest.approx(1.0, abs=0.003)


def test_no_spread_draws_nothing() -> None:
    assert (NO_SPREAD.drawn(5, np.random.default_rng(0)) == 0).all()
    assert (NO_SPREAD.shift, NO_SPREAD.sigma) == (0, 0)


def test_a_quarter_in_which_nothing_could_happen_says_nothing() -> None:
    assert (spread([Tried(0, np.zeros_like(LEVELS), 0.0, 0.0)]).weights == spread([]).weights).all()
