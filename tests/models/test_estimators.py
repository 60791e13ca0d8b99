"""ChurnModel and UpsellModel: estimators of scikit-learn that take frames as they come and refuse what is doubtful."""

from __future__ import annotations

import statistics

import numpy as np
import pandas as pd
import pytest
from frames_by_hand import customers
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from csworkbench.errors import Refusal
from csworkbench.models import ChurnModel, UpsellModel
from csworkbench.models.estimator.boosting import cuts_of, fit_boosted, ranked
from csworkbench.models.estimator.classifier import SetAsideWarning
from csworkbench.models.estimator.encoding import encode, features_of
from csworkbench.models.estimator.frame import kinds_of
from csworkbench.models.estimator.order import folds, sampled, splits
from csworkbench.models.estimator.rates import exact_rate
from csworkbench.models.estimator.refusals import NotEstimable

MIXED = "mixed types are refused as a ValueError that names the column, not as a TypeError"
EXPECTED_FAILURES = {"check_dtype_object": MIXED}


def small(kind=ChurnModel, **more):
    """A model that also fits the tiny, separable frames of scikit-learn's checks."""
    return kind(few_events="base_rate", on_leak="ignore", min_events=5, n_folds=2, **more)


@parametrize_with_checks(
    [small(ChurnModel), small(UpsellModel)], expected_failed_checks=lambda estimator: EXPECTED_FAILURES
)
def test_scikit_learn_accepts_the_estimators(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def fitted():
    frame, churned = customers()
    return ChurnModel().fit(frame, churned)


def test_probabilities_follow_the_truth_on_unseen_accounts(fitted):
    frame, churned = customers(4000, seed=1)
    chances = fitted.predict_proba(frame)[:, 1]
    assert roc_auc_score(churned, chances) > 0.77
    assert abs(chances.mean() - churned.mean()) < 0.04
    assert abs(chances[chances > 0.5].mean() - churned[chances > 0.5].mean()) < 0.08


def test_the_order_of_training_rows_and_their_index_do_not_matter_to_the_last_bit(fitted):
    frame, churned = customers()
    turned = np.random.default_rng(7).permutation(len(frame))
    again = ChurnModel().fit(frame.iloc[turned].reset_index(drop=True), churned.iloc[turned].to_numpy())
    assert (again.predict_proba(frame) == fitted.predict_proba(frame)).all()


def test_the_seed_decides_and_clone_keeps_it(fitted):
    frame, churned = customers()
    other = ChurnModel(seed=1).fit(frame, churned)
    assert (other.predict_proba(frame) != fitted.predict_proba(frame)).any()
    assert (clone(fitted).fit(frame, churned).predict_proba(frame) == fitted.predict_proba(frame)).all()


def test_it_works_in_a_pipeline_and_in_cross_validation():
    frame, churned = customers(300)
    pipeline = make_pipeline(FunctionTransformer(lambda rows: rows.drop(columns="country")), ChurnModel(n_folds=2))
    chances = cross_val_predict(pipeline, frame, churned, cv=2, method="predict_proba")
    assert chances.shape == (300, 2) and roc_auc_score(churned, chances[:, 1]) > 0.65


def test_a_probability_of_one_row_does_not_depend_on_the_rows_beside_it(fitted):
    frame, _ = customers()
    alone = np.vstack([fitted.predict_proba(frame.iloc[[row]]) for row in range(10)])
    assert (alone == fitted.predict_proba(frame)[:10]).all()


def test_unseen_categories_count_as_unknown(fitted):
    frame, _ = customers(50)
    elsewhere, nowhere = frame.assign(plan="platinum"), frame.assign(plan="basic")
    assert (fitted.predict_proba(elsewhere) == fitted.predict_proba(nowhere)).all()
    plans = np.stack([fitted.decision_function(frame.assign(plan=plan)) for plan in ("free", "team", "enterprise")])
    unknown = fitted.decision_function(elsewhere)
    assert (unknown > plans.min(axis=0) - 0.5).all() and (unknown < plans.max(axis=0) + 0.5).all()


def test_constant_and_empty_columns_are_set_aside_by_name_and_add_nothing(fitted):
    assert fitted.set_aside_ == {"country": "the same everywhere", "never_measured": "no value at all"}
    frame, churned = customers()
    without = ChurnModel().fit(frame.drop(columns=["country", "never_measured"]), churned)
    explained = fitted.explain(frame).groupby("feature", observed=True)["contribution"]
    assert explained.apply(lambda part: (part == 0).all())[["country", "never_measured"]].all()
    assert abs(roc_auc_score(churned, without.decision_function(frame[without.feature_names_in_]))) > 0.7


def test_a_column_that_is_empty_only_now_is_read_as_gaps(fitted):
    frame, _ = customers(20)
    assert np.isfinite(fitted.predict_proba(frame.assign(nps=None, plan=None, renews_on=None))).all()


def test_texts_that_name_the_rows_are_set_aside_with_a_word():
    frame, churned = customers()
    with pytest.warns(SetAsideWarning, match='"email": 600 different texts in 600 rows'):
        model = ChurnModel(n_folds=2).fit(frame.assign(email=frame.index + "@example.com"), churned)
    assert "email" in model.set_aside_


def test_many_categories_are_used_without_learning_them_by_heart():
    frame, churned = customers(2000)
    towns = pd.Series(np.random.default_rng(3).integers(0, 500, 2000).astype(str), index=frame.index) + "-town"
    model = ChurnModel(n_folds=2).fit(frame.assign(town=towns), churned)
    judged, outcome = customers(2000, seed=9)
    plain = ChurnModel(n_folds=2).fit(frame, churned)
    assert "town" not in model.set_aside_
    with_towns = roc_auc_score(outcome, model.decision_function(judged.assign(town=towns.to_numpy())))
    assert with_towns > roc_auc_score(outcome, plain.decision_function(judged)) - 0.02


REFUSED = {
    "infinity": {"usage": np.inf},
    "text_numbers": {"mrr": "1,234"},
    "mixed_types": {"mrr": pd.Series([1, "two"] * 300, dtype=object)},
}


@pytest.mark.parametrize("rule", REFUSED)
def test_doubtful_columns_are_refused_by_name(rule):
    frame, churned = customers()
    column, values = next(iter(REFUSED[rule].items()))
    values = values.set_axis(frame.index) if isinstance(values, pd.Series) else values
    with pytest.raises(Refusal, match=f'column "{column}"') as refusal:
        ChurnModel().fit(frame.assign(**{column: values}), churned)
    assert [(problem.rule, problem.column) for problem in refusal.value.problems] == [(rule, column)]
    assert isinstance(refusal.value, ValueError)


def test_all_doubtful_columns_are_named_at_once():
    frame, churned = customers()
    with pytest.raises(Refusal) as refusal:
        ChurnModel().fit(frame.assign(mrr="12", usage=-np.inf), churned)
    assert {problem.column for problem in refusal.value.problems} == {"mrr", "usage"}


def test_numbers_declared_as_names_are_read_as_names():
    frame, churned = customers()
    codes = pd.Series(np.where(frame["plan"] == "free", "001", "002"), index=frame.index).astype("category")
    model = ChurnModel(n_folds=2).fit(frame.assign(code=codes), churned)
    assert next(feature for feature in model.features_ if feature.name == "code").levels == ("001", "002")


def test_duplicate_columns_are_refused_by_name():
    frame, churned = customers()
    with pytest.raises(Refusal, match='"usage": occurs more than once'):
        ChurnModel().fit(pd.concat([frame, frame[["usage"]]], axis=1), churned)


@pytest.mark.parametrize(
    "changed, said",
    [
        (lambda frame: frame.drop(columns="usage"), "(?s)missing.*usage"),
        (lambda frame: frame.assign(surprise=1), "(?s)unseen.*surprise"),
        (lambda frame: frame[frame.columns[::-1]], "same order"),
        (lambda frame: frame.assign(usage=pd.Timestamp("2026-01-01")), '"usage": is a date here, but was a number'),
        (lambda frame: frame.assign(usage="a lot"), 'column "usage": is a category here'),
        (lambda frame: frame.assign(usage=np.inf), 'column "usage": holds an infinity'),
    ],
)
def test_other_columns_than_in_training_are_refused_by_name(fitted, changed, said):
    with pytest.raises(ValueError, match=said):
        fitted.predict_proba(changed(customers(30)[0]))


def test_time_zones_are_read_as_the_moment_they_mean(fitted):
    frame, _ = customers(50)
    elsewhere = frame.assign(renews_on=frame["renews_on"].dt.tz_convert("America/Lima"))
    assert (fitted.predict_proba(elsewhere) == fitted.predict_proba(frame)).all()


def test_types_that_mean_the_same_give_the_same_probabilities(fitted):
    frame, _ = customers(50)
    same = frame.assign(
        plan=frame["plan"].astype("category"),
        nps=frame["nps"].astype("Float64"),
        tenure_months=frame["tenure_months"].astype(object),
        champion_left=frame["champion_left"].astype(object),
    )
    assert (fitted.predict_proba(same) == fitted.predict_proba(frame)).all()


def test_no_churner_is_not_estimable_and_says_how_many_there_may_be():
    frame, churned = customers(100)
    with pytest.raises(NotEstimable, match="churn is not estimable per account: 0 of 100") as refusal:
        ChurnModel(few_events="base_rate").fit(frame, churned * 0)
    assert refusal.value.rate.high == pytest.approx(1 - 0.05 ** (1 / 100))
    assert "between 0.0% and 3.0%" in str(refusal.value)


def test_only_churners_and_one_account_are_not_estimable_either():
    frame, churned = customers(100)
    with pytest.raises(NotEstimable) as refusal:
        UpsellModel().fit(frame, churned * 0 + 1)
    assert refusal.value.rate.high == 1.0 and refusal.value.rate.low == pytest.approx(0.05 ** (1 / 100))
    with pytest.raises(NotEstimable, match="0 of 1 had it"):
        ChurnModel().fit(frame.iloc[:1], [0])


def test_few_events_are_refused_or_give_everyone_the_base_rate_as_asked():
    frame, _ = customers(100)
    few = pd.Series([1] * 5 + [0] * 95, index=frame.index)
    with pytest.raises(NotEstimable, match="5 of 100 had it"):
        ChurnModel().fit(frame, few)
    model = ChurnModel(few_events="base_rate").fit(frame, few)
    assert not model.estimable_ and (model.rate_.low, model.rate_.high) == pytest.approx((0.01643, 0.11284), abs=1e-5)
    assert model.predict_proba(frame)[:, 1] == pytest.approx(0.05)
    assert (model.explain(frame)["contribution"] == 0).all()


def test_events_are_counted_by_account_not_by_row():
    frame, _ = customers(400)
    account = np.repeat(np.arange(10), 40)
    with pytest.raises(NotEstimable, match="3 of 10 had it"):
        ChurnModel().fit(frame, (account < 3).astype(int), groups=account)


def test_outcomes_that_are_not_known_are_refused():
    frame, churned = customers(100)
    unknown = churned.astype("Int8").mask(np.arange(100) < 7)
    with pytest.raises(Refusal, match="the outcome of 7 rows is not known\\. Leave these rows out"):
        ChurnModel().fit(frame, unknown)
    with pytest.raises(ValueError, match="one of two values"):
        ChurnModel().fit(frame, churned + 0.5)


def test_exact_rates_are_those_of_clopper_and_pearson():
    # R: binom.test(5, 100)$conf.int
    rate = exact_rate(5, 100)
    assert (rate.low, rate.high) == pytest.approx((0.01643188, 0.11283491), abs=1e-8)
    assert exact_rate(0, 300).high == pytest.approx(3 / 300, rel=0.01)
    assert exact_rate(0, 0).high == 1.0


def test_a_case_control_sample_keeps_the_events_and_sets_the_probabilities_right():
    frame, churned = customers(6000)
    rare = churned & (np.random.default_rng(0).random(6000) < 0.3)
    model = ChurnModel(max_rows=2000, n_folds=3).fit(frame, rare)
    judged, outcome = customers(6000, seed=5)
    outcome = outcome & (np.random.default_rng(1).random(6000) < 0.3)
    chances = model.predict_proba(judged)[:, 1]
    assert chances.mean() == pytest.approx(outcome.mean(), abs=0.015)
    assert expit(model.base_) < 0.15


def test_sampling_prefers_the_rarer_outcome_and_counts_what_each_row_stands_for():
    event = np.arange(1000) % 10 == 0
    order, stands_for = sampled(np.arange(1000)[::-1].astype(np.uint64), event, 300)
    assert event[order].sum() == 100 and (~event[order]).sum() == 200
    assert stands_for[order][event[order]] == pytest.approx(1.0)
    assert stands_for[order][~event[order]] == pytest.approx(4.5)
    assert (np.diff(order) < 0).all()


def test_no_account_is_on_both_sides_of_a_fold():
    rng = np.random.default_rng(0)
    groups, event = rng.integers(0, 40, 500), rng.random(500) < 0.05
    fold = folds(event, groups, 5, seed=0)
    assert all(len(set(fold[groups == group])) == 1 for group in range(40))
    with_event = [len(set(groups[event & (fold == k)])) for k in range(5)]
    assert max(with_event) - min(with_event) <= 1


def test_a_weight_of_zero_is_as_if_the_row_were_not_there():
    frame, churned = customers(300)
    weight = np.r_[np.ones(250), np.zeros(50)]
    weighed = ChurnModel(n_folds=2).fit(frame, churned, sample_weight=weight)
    shorter = ChurnModel(n_folds=2).fit(frame.iloc[:250], churned.iloc[:250])
    assert (weighed.predict_proba(frame) == shorter.predict_proba(frame)).all()


@given(arrays(float, st.integers(2, 400), elements=st.one_of(st.just(np.nan), st.floats(-1e6, 1e6, width=32))))
def test_ranks_split_values_as_their_cuts_do(values):
    cuts = cuts_of(values)
    rank = ranked(values, cuts)
    assert (np.isnan(rank) == np.isnan(values)).all()
    assert len(cuts) <= 254 and (np.diff(cuts) > 0).all()
    for k, cut in enumerate(cuts):
        assert ((rank <= k + 0.5) == (values <= cut)).all()
    if len(set(values[~np.isnan(values)])) <= 255:
        assert len(cuts) == max(len(set(values[~np.isnan(values)])) - 1, 0)


def test_the_trees_as_arrays_predict_what_scikit_learn_predicts(monkeypatch):
    frame, churned = customers(400)
    features = features_of(frame, kinds_of(frame))
    matrix, event = encode(frame, features), churned.to_numpy(dtype=float)
    parts = splits(folds(event > 0, np.arange(400), 3, 0))
    boosted, outside, apart = fit_boosted(matrix, features, event, np.ones(400), parts, seed=0)
    from csworkbench.models.estimator import boosting

    grown = []
    fit = HistGradientBoostingClassifier.fit
    monkeypatch.setattr(HistGradientBoostingClassifier, "fit", lambda self, *a: grown.append(fit(self, *a)) or self)
    boosting.fit_boosted(matrix, features, event, np.ones(400), parts, seed=0)
    wide = boosted.widened(matrix)
    n_categories = len(boosted.rates[0])
    n_numbers = wide.shape[1] - 3 * n_categories
    numbers = [boosting.ranked(values, boosting.cuts_of(values)) for values in wide[:, :n_numbers].T]
    seen = [
        np.column_stack([*numbers, wide[:, start : start + n_categories]])
        for start in range(n_numbers, wide.shape[1], n_categories)
    ]
    said = [model.decision_function(part) for model, part in zip(grown, seen, strict=True)]
    assert boosted.log_odds(matrix) == pytest.approx(np.mean(said, axis=0), abs=1e-12)
    assert apart == pytest.approx([statistics.variance(row) for row in zip(*said, strict=True)])
    assert outside[parts[0][1]] == pytest.approx(grown[0].decision_function(seen[0])[parts[0][1]])
