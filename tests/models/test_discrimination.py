"""Areas, lift and their intervals: against published figures, scikit-learn and counting pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score, roc_auc_score

from csworkbench.models.trial.discrimination import lift_at, pr_auc, roc_auc, roc_auc_gain

# Hanley and McNeil (1982): ratings 1 to 5 of 109 images, 58 normal and 51 abnormal
NORMAL, ABNORMAL = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
RATINGS = np.r_[np.repeat(range(1, 6), NORMAL), np.repeat(range(1, 6), ABNORMAL)]
DISEASED = np.r_[np.zeros(58), np.ones(51)]

rows = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=4, max_size=40).filter(
    lambda pairs: len({y for y, _ in pairs}) == 2
)


def by_pairs(y, p) -> float:
    pairs = [(a > b) + (a == b) / 2 for a in p[y == 1] for b in p[y == 0]]
    return float(np.mean(pairs))


def test_the_area_of_the_published_ratings_and_its_interval():
    found = roc_auc(DISEASED, RATINGS)
    assert found.value == pytest.approx(0.8932, abs=5e-5)  # Hanley and McNeil (1982): .893
    assert (found.low, found.high) == pytest.approx((0.83295, 0.95339), abs=5e-5)  # Stata, roctab: DeLong, s.e. .0307


@given(rows)
def test_areas_equal_those_of_counted_pairs_and_of_scikit_learn(pairs):
    y, p = np.array(pairs).T
    assert roc_auc(y, p).value == pytest.approx(by_pairs(y, p))
    assert roc_auc(y, p).value == pytest.approx(roc_auc_score(y, p))
    assert pr_auc(y, p) == pytest.approx(average_precision_score(y, p))


@given(rows, st.randoms(use_true_random=False))
def test_neither_a_rising_transform_nor_the_order_of_rows_changes_anything(pairs, random):
    order = random.sample(range(len(pairs)), len(pairs))
    y, p = np.array(pairs).T
    accounts = np.array([str(row % 5) for row in range(len(pairs))])
    expected = roc_auc(y, p, accounts)
    assert roc_auc(y, np.exp(p / 3) - 7, accounts) == pytest.approx(expected, nan_ok=True)
    assert roc_auc(y[order], p[order], accounts[order]) == pytest.approx(expected, nan_ok=True)
    assert lift_at(y[order], p[order] ** 3) == pytest.approx(lift_at(y, p))
    assert pr_auc(y[order], p[order] ** 3) == pytest.approx(pr_auc(y, p))


@given(rows)
def test_an_account_per_row_is_the_same_as_no_accounts(pairs):
    y, p = np.array(pairs).T
    assert roc_auc(y, p, np.arange(len(y))) == pytest.approx(roc_auc(y, p))


@given(rows)
def test_a_gain_over_the_same_order_is_nothing(pairs):
    y, p = np.array(pairs).T
    gain = roc_auc_gain(y, p, 2 * p + 1)
    assert gain.value == 0
    assert np.isnan(gain.low) or gain.low == gain.high == 0


def by_ranks(y, p) -> float:
    n = y.sum()
    return (rankdata(p)[y == 1].sum() - n * (n + 1) / 2) / (n * (len(y) - n))


def resampled(y, p, rival, accounts, n=600, seed=5) -> tuple[float, float]:
    """Standard errors of the area and of the gain, by drawing accounts with replacement."""
    generator, names = np.random.default_rng(seed), np.unique(accounts)
    places = {name: np.flatnonzero(accounts == name) for name in names}
    areas, gains = [], []
    for _ in range(n):
        drawn = np.concatenate([places[name] for name in generator.choice(names, len(names))])
        areas.append(by_ranks(y[drawn], p[drawn]))
        gains.append(areas[-1] - by_ranks(y[drawn], rival[drawn]))
    return float(np.std(areas)), float(np.std(gains))


def test_intervals_are_as_wide_as_drawing_accounts_again_and_again_says():
    generator = np.random.default_rng(3)
    accounts = np.repeat(np.arange(150), 6)
    own = np.repeat(generator.normal(size=150), 6)
    y = (own + generator.normal(size=900) > 1.2).astype(float)
    p, rival = own + generator.normal(size=900) / 2, own + 2 * generator.normal(size=900)
    area, gain = roc_auc(y, p, accounts), roc_auc_gain(y, p, rival, accounts)
    errors = resampled(y, p, rival, accounts)
    assert (area.high - area.low) / 3.92 == pytest.approx(errors[0], rel=0.1)
    assert (gain.high - gain.low) / 3.92 == pytest.approx(errors[1], rel=0.1)
    alone = roc_auc(y, p)
    assert area.high - area.low > 1.3 * (alone.high - alone.low)


def test_three_who_left_do_not_prove_a_perfect_score():
    found = roc_auc([0] * 50 + [1] * 3, range(53))
    assert found.value == found.high == 1
    assert found.low == pytest.approx(0.4385, abs=1e-4)  # Wilson: 3 of 3


def test_one_outcome_only_has_no_area():
    assert np.isnan(roc_auc([0, 0, 0], [1, 2, 3])).all()
    assert np.isnan(roc_auc_gain([1, 1], [1, 2], [2, 1])).all()
    assert np.isnan(pr_auc([0, 0], [1, 2]))
    assert np.isnan(lift_at([0, 0], [1, 2]))


def test_lift_counts_rows_tied_at_the_edge_in_part():
    y, p = np.array([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]), np.array([9, 5, 5, 5, 5, 1, 1, 1, 1, 1])
    assert lift_at(y, p, 0.1) == pytest.approx(5)  # the top row holds 1 of 2 events: .5 ÷ .1
    assert lift_at(y, p, 0.3) == pytest.approx((1 + 2 / 4) / 2 / 0.3)  # and 2 of the 4 rows that tie with the other
    assert lift_at(y, np.zeros(10), 0.3) == pytest.approx(1)
