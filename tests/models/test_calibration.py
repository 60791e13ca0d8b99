"""Brier, slope, bins and stability: against scikit-learn, a plain regression and numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from csworkbench.models.trial.calibration import (
    brier,
    calibration_bins,
    calibration_in_the_large,
    calibration_slope,
    expected_calibration_error,
    population_stability,
)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def drawn(n=4000, seed=2) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    p = logistic(generator.normal(-2, 1.2, n))
    return (generator.random(n) < p).astype(float), p


def test_brier_equals_that_of_scikit_learn():
    y, p = drawn()
    assert brier(y, p) == pytest.approx(brier_score_loss(y, p))


def test_slope_and_level_equal_those_of_an_unpenalised_regression():
    y, p = drawn()
    wrong = logistic(1.7 * np.log(p / (1 - p)) + 0.4)
    fitted = LogisticRegression(C=np.inf, tol=1e-10).fit(np.log(wrong / (1 - wrong))[:, None], y)
    found = calibration_slope(y, wrong)
    assert found.value == pytest.approx(fitted.coef_[0, 0], rel=1e-5)
    assert found.low < 1 / 1.7 < found.high


def test_the_truth_has_slope_1_and_level_0_and_a_shift_is_read_off():
    y, p = drawn(40_000)
    slope = calibration_slope(y, p)
    assert slope.low < 1 < slope.high
    assert calibration_in_the_large(y, p) == pytest.approx(0, abs=0.05)
    shifted = logistic(np.log(p / (1 - p)) + 0.7)
    assert calibration_in_the_large(y, shifted) == pytest.approx(calibration_in_the_large(y, p) - 0.7, abs=1e-9)


def test_slope_intervals_cover_the_truth_as_often_as_they_say():
    held = [low <= 1 <= high for _, low, high in (calibration_slope(*drawn(400, seed)) for seed in range(200))]
    assert 0.90 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(
    ("y", "p"),
    [([0, 0, 0], [0.1, 0.2, 0.3]), ([0, 1, 1], [0.2, 0.2, 0.2]), ([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])],
    ids=["one outcome", "one probability", "separated"],
)
def test_a_slope_that_does_not_exist_is_not_given(y, p):
    assert np.isnan(calibration_slope(y, p)).all()


def test_one_outcome_has_no_level_and_one_probability_has():
    assert np.isnan(calibration_in_the_large([1, 1], [0.5, 0.6]))
    assert calibration_in_the_large([0, 0, 0, 1], [0.5] * 4) == pytest.approx(np.log(1 / 3))


def test_bins_worked_out_by_hand():
    y, p = [0, 0, 0, 1, 1, 1], [0.1, 0.1, 0.2, 0.6, 0.8, 0.8]
    bins = calibration_bins(y, p, 2)
    assert bins["n"].tolist() == [3, 3]
    assert bins["mean_predicted"].tolist() == pytest.approx([0.4 / 3, 2.2 / 3])
    assert bins["share_observed"].tolist() == [0, 1]
    assert bins["high"].iloc[0] == pytest.approx(0.5615, abs=1e-4)  # Wilson: 0 of 3
    assert expected_calibration_error(y, p, 2) == pytest.approx((0.4 / 3 + 0.8 / 3) / 2)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=60),
    st.sampled_from(["count", "width"]),
)
def test_bins_lose_no_row_and_part_no_equal_probabilities(pairs, by):
    y, p = np.array(pairs).T
    bins = calibration_bins(y, p, 10, by)
    assert bins["n"].sum() == len(y)
    assert (bins["n"] * bins["share_observed"]).sum() == pytest.approx(y.sum())
    assert (bins["n"] * bins["mean_predicted"]).sum() == pytest.approx(p.sum())
    assert len(bins) <= min(10, len(np.unique(p)))
    assert 0 <= expected_calibration_error(y, p, 10, by) <= 1


def test_bins_of_equal_count_are_about_as_large():
    y, p = drawn(1000)
    assert calibration_bins(y, p)["n"].tolist() == [100] * 10


def test_error_with_bins_of_equal_width_by_a_loop():
    y, p = drawn(500)
    total = 0.0
    for k in range(10):
        rows = (p >= k / 10) & (p < (k + 1) / 10)
        total += abs(y[rows].sum() - p[rows].sum())
    assert expected_calibration_error(y, p, 10, "width") == pytest.approx(total / 500)


def test_stability_worked_out_by_hand():
    before, after = [1, 2], [1, 2, 2, 2]
    was, now = np.array([1.5, 1.5]) / 3, np.array([1.5, 3.5]) / 5
    assert population_stability(before, after, 2) == pytest.approx(((now - was) * np.log(now / was)).sum())


@given(st.lists(st.floats(0, 1), min_size=2, max_size=50, unique=True))
def test_a_sample_is_stable_against_itself(sample):
    assert population_stability(sample, sample) == pytest.approx(0, abs=1e-12)


def test_two_samples_of_one_distribution_differ_as_much_as_chance_allows():
    found = []
    for seed in range(200):
        generator = np.random.default_rng(seed)
        found.append(population_stability(generator.random(500), generator.random(400)))
    assert np.mean(found) == pytest.approx(9 * (1 / 500 + 1 / 400), rel=0.15)  # Yurdakul (2018)


def test_nothing_to_measure_is_not_a_number():
    assert np.isnan(brier([], []))
    assert np.isnan(expected_calibration_error([], []))
    assert np.isnan(population_stability([], [1.0]))
    assert np.isnan(population_stability([1.0, 1.0], [1.0, 2.0]))
