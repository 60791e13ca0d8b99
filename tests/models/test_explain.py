"""Reasons add up to the prediction, and are what Shapley's formula says."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from frames_by_hand import customers
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from csworkbench.models import ChurnModel
from csworkbench.models.estimator.blend import Blend, fit_blend, for_average
from csworkbench.models.estimator.boosting import _forest
from csworkbench.models.estimator.shapley import contributions, leaf_tables


@pytest.fixture(scope="module")
def fitted():
    frame, churned = customers()
    return ChurnModel().fit(frame, churned)


def test_contributions_add_up_to_the_log_odds_of_the_probability(fitted):
    frame, _ = customers(500, seed=4)
    total = fitted.explain(frame).groupby("account")["contribution"].sum().loc[frame.index]
    assert total.to_numpy() + fitted.base_ == pytest.approx(logit(fitted.predict_proba(frame)[:, 1]), abs=1e-9)


def test_they_add_up_after_a_case_control_sample_too():
    frame, churned = customers(3000)
    model = ChurnModel(max_rows=1000, n_folds=2).fit(frame, churned)
    added = model.contributions(frame).sum(axis=1) + model.base_
    assert added == pytest.approx(model.decision_function(frame), abs=1e-9)


def test_one_row_per_account_and_feature_with_the_value_as_it_was(fitted):
    frame, _ = customers(3)
    explained = fitted.explain(frame)
    assert list(explained.columns) == ["account", "feature", "value", "contribution"]
    assert len(explained) == 3 * frame.shape[1]
    row = explained[(explained["account"] == "A00001") & (explained["feature"] == "plan")].iloc[0]
    assert row["value"] == frame.loc["A00001", "plan"]


def test_the_true_driver_leads_the_reasons(fitted):
    frame, _ = customers(200, seed=8)
    quiet = fitted.explain(frame.assign(usage=-2.5, plan="enterprise", nps=9.0, tenure_months=30))
    first = quiet.sort_values("contribution", ascending=False).groupby("account").head(1)
    assert (first["feature"] == "usage").mean() > 0.95


def test_a_feature_that_decides_nothing_has_small_reasons(fitted):
    frame, _ = customers(500, seed=2)
    size = np.abs(fitted.contributions(frame)).mean(axis=0)
    sizes = dict(zip(frame.columns, size, strict=True))
    assert sizes["renews_on"] < 0.3 * sizes["usage"]


def slow_shapley(nodes: np.ndarray, row: np.ndarray, n_features: int) -> np.ndarray:
    """Shapley's formula over all subsets, the value of a subset by walking down the tree."""

    def value(known: frozenset[int], node: int = 0) -> float:
        here = nodes[node]
        if here["is_leaf"]:
            return float(here["value"])
        left, right = int(here["left"]), int(here["right"])
        if here["feature_idx"] in known:
            at = row[here["feature_idx"]]
            goes_left = here["missing_go_to_left"] if np.isnan(at) else at <= here["num_threshold"]
            return value(known, left if goes_left else right)
        share = nodes[left]["count"] / here["count"]
        return share * value(known, left) + (1 - share) * value(known, right)

    found = np.zeros(n_features)
    for feature in range(n_features):
        others = [other for other in range(n_features) if other != feature]
        for size in range(n_features):
            weight = factorial(size) * factorial(n_features - size - 1) / factorial(n_features)
            for chosen in map(frozenset, combinations(others, size)):
                found[feature] += weight * (value(chosen | {feature}) - value(chosen))
    return found


@pytest.mark.parametrize("max_leaf_nodes, max_depth", [(2, 1), (8, 3), (16, 6), (40, 8)])
def test_tree_reasons_equal_shapleys_formula_over_all_subsets(max_leaf_nodes, max_depth):
    rng = np.random.default_rng(max_leaf_nodes)
    rows = rng.normal(size=(400, 5))
    rows[rng.random(rows.shape) < 0.1] = np.nan
    event = np.nan_to_num(rows[:, 0]) * np.nan_to_num(rows[:, 1]) + np.nan_to_num(rows[:, 2]) > 0
    model = HistGradientBoostingClassifier(
        max_iter=3, max_leaf_nodes=max_leaf_nodes, max_depth=max_depth, min_samples_leaf=3, early_stopping=False
    ).fit(rows, event)
    forest = _forest(model, 0, 5, 0)
    fast = contributions(forest, rows[:20], np.arange(5), 5)
    trees = [stage[0].nodes for stage in model._predictors]
    slow = np.array([sum(slow_shapley(nodes, row, 5) for nodes in trees) for row in rows[:20]])
    assert fast == pytest.approx(slow, abs=1e-12)
    assert fast.sum(axis=1) + forest.expected == pytest.approx(model.decision_function(rows[:20]), abs=1e-12)


def test_two_columns_of_one_feature_share_one_reason():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 3))
    model = HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=6, early_stopping=False)
    forest = _forest(model.fit(rows, rows.sum(axis=1) > 0), 0, 3, 0)
    joint = contributions(forest, rows[:5], np.array([0, 0, 1]), 2)
    assert joint.sum(axis=1) + forest.expected == pytest.approx(model.decision_function(rows[:5]), abs=1e-12)


def test_a_product_of_two_shares_has_the_values_computed_by_hand():
    # shares ½ and ¼; both agree: value 1, average 1/8; first feature alone ¼, second alone ½
    table = leaf_tables(np.array([[0.5, 0.25]]))[0]
    assert table[:, 0b11] == pytest.approx([((0.25 - 0.125) + (1 - 0.5)) / 2, ((0.5 - 0.125) + (1 - 0.25)) / 2])
    assert table[:, 0b00] == pytest.approx([((0 - 0.125) + 0) / 2, ((0 - 0.125) + 0) / 2])


@given(
    st.floats(0, 3),
    st.floats(0, 3),
    st.floats(-3, 3),
    st.floats(3, 100),
    st.lists(st.floats(-30, 30), min_size=2, max_size=20, unique=True),
)
def test_calibration_keeps_the_order_and_its_stretch_adds_up(low, high, level, surest, scores):
    blend = Blend((1.0,), 0.0, low, high, level, surest)
    score = np.sort(np.array(scores))
    calibrated = blend.calibrated(score)
    assert (np.diff(calibrated) >= -1e-9).all()
    base = 0.3
    start = blend.calibrated(np.array([base]))[0]
    assert start + (score - base) * blend.stretch(score, base) == pytest.approx(calibrated, abs=1e-5)


def test_a_miscalibrated_member_is_set_right():
    rng = np.random.default_rng(0)
    truth = rng.normal(-1, 1.5, 20_000)
    event = (rng.random(20_000) < 1 / (1 + np.exp(-truth))).astype(float)
    blend = fit_blend(np.column_stack([2 * truth + 1]), event, np.ones(20_000))
    assert blend.calibrated(blend.score(2 * truth[:, None] + 1)) == pytest.approx(truth, abs=0.35)


def test_a_useless_member_gets_no_weight():
    rng = np.random.default_rng(1)
    truth = rng.normal(size=50_000)
    event = (rng.random(50_000) < 1 / (1 + np.exp(-truth))).astype(float)
    weights = fit_blend(np.column_stack([truth, rng.normal(size=50_000)]), event, np.ones(50_000)).weights
    assert weights[0] == pytest.approx(1, abs=0.1) and weights[1] < 0.1


def test_no_row_is_surer_than_as_many_outcomes_without_exception_allow():
    event = np.repeat([0.0, 1.0], 50)
    blend = fit_blend(np.where(event > 0, 40.0, -40.0)[:, None], event, np.ones(100))
    shown = blend.calibrated(blend.score(np.array([[-1e6], [1e6]])))
    assert 1 / (1 + np.exp(-shown)) == pytest.approx([1 / 102, 101 / 102])


def noisy_models(n: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Events and the scores of five models that differ by noise of this standard deviation."""
    rng = np.random.default_rng(2)
    truth = rng.normal(-1, 1.5, n)
    event = (rng.random(n) < 1 / (1 + np.exp(-truth))).astype(float)
    return event, truth[:, None] + rng.normal(0, noise, (n, 5))


def test_the_average_of_noisy_models_is_less_cautious_than_single_ones_are():
    event, models = noisy_models(50_000, 0.8)
    one, average = models[:, :1], models.mean(axis=1, keepdims=True)
    blend = fit_blend(one, event, np.ones(50_000))
    apart = blend.weights[0] ** 2 * models.var(axis=1, ddof=1)
    stretched = for_average(blend, one, apart, 5, np.ones(50_000))
    before, after = (found.calibrated(found.score(average)) for found in (blend, stretched))
    assert slope(before, event) > 1.25 and 1 < slope(after, event) < 1.15
    assert (1 / (1 + np.exp(-after))).mean() == pytest.approx(event.mean(), abs=0.01)


def test_the_stretch_is_the_ratio_of_the_spreads():
    plain = Blend((1.0,), 0.0, 1.0, 1.0, 0.0, 9.0)
    scores, apart = np.array([[-1.0], [1.0]]), np.array([0.3, 0.7])
    stretched = for_average(plain, scores, apart, 2, np.ones(2))
    assert stretched.low == stretched.high == pytest.approx((1 / (1 - 0.25)) ** 0.5)
    assert stretched.level == pytest.approx(0)


def slope(log_odds: np.ndarray, event: np.ndarray) -> float:
    """Calibration slope."""
    return float(LogisticRegression(C=1e9).fit(log_odds[:, None], event).coef_[0, 0])


def test_models_that_agree_are_left_as_they_were_calibrated():
    event, models = noisy_models(2_000, 0.0)
    blend = fit_blend(models[:, :1], event, np.ones(2_000))
    assert for_average(blend, models[:, :1], np.zeros(2_000), 5, np.ones(2_000)) == blend
    flat = np.zeros((2_000, 1))
    assert for_average(blend, flat, np.ones(2_000), 5, np.ones(2_000)) == blend


def test_explaining_many_rows_needs_no_loop_over_rows(fitted):
    frame, _ = customers(20)
    many = pd.concat([frame] * 2000)
    assert (fitted.contributions(many)[:20] == fitted.contributions(frame)).all()
