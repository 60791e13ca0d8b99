"""The estimators as people hold them: in scikit-learn's tools, with outcomes and columns as they come, with copies."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from frames_by_hand import customers
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import VotingClassifier
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from csworkbench.errors import Refusal
from csworkbench.models import ChurnModel, UpsellModel, load_model, save_model
from csworkbench.models.estimator import regression
from csworkbench.models.estimator.classifier import CopiesWarning
from csworkbench.models.estimator.encoding import Feature
from csworkbench.models.estimator.order import copied, value_keys

N = 200
FRAME, CHURNED = customers(N)
DRAWN = np.random.default_rng(2)
DAYS = pd.Timestamp("2026-01-01") + pd.to_timedelta(DRAWN.integers(0, 90, N), "D")


def model(**more):
    return ChurnModel(n_folds=2, **more)


@pytest.fixture(scope="module")
def fitted():
    return model().fit(FRAME, CHURNED)


def test_it_works_in_a_grid_search_over_columns_that_are_prepared_by_name():
    columns = ColumnTransformer(
        [("number", StandardScaler(), ["usage"]), ("text", OneHotEncoder(sparse_output=False), ["plan"])]
    )
    pipeline = make_pipeline(columns, model()).set_output(transform="pandas")
    search = GridSearchCV(pipeline, {"churnmodel__seed": [0, 1]}, cv=2, scoring="neg_brier_score").fit(FRAME, CHURNED)
    assert search.best_score_ > -0.21
    assert search.best_estimator_[-1].feature_names_in_[0] == "number__usage"


def test_several_scores_calibration_votes_and_permutations_take_it(fitted):
    scores = cross_validate(model(), FRAME, CHURNED, cv=2, scoring=["roc_auc", "neg_log_loss"], error_score="raise")
    calibrated = CalibratedClassifierCV(model(), cv=2).fit(FRAME, CHURNED).predict_proba(FRAME)
    votes = VotingClassifier([("one", model()), ("other", model(seed=1))], voting="soft").fit(FRAME, CHURNED)
    importance = permutation_importance(fitted, FRAME, CHURNED, n_repeats=2, random_state=0, scoring="roc_auc")
    assert scores["test_roc_auc"].min() > 0.6
    assert np.isfinite(calibrated).all() and np.isfinite(votes.predict_proba(FRAME)).all()
    assert importance.importances_mean.argmax() == 0


SAME_OUTCOMES = {
    "object": lambda y: y.astype(object),
    "object flags": lambda y: y.astype(bool).astype(object),
    "nullable": lambda y: y.astype("Int64"),
    "arrow": lambda y: y.astype("bool[pyarrow]"),
    "category": lambda y: y.map({0: "stays", 1: "was lost"}).astype("category"),
    "list": lambda y: y.tolist(),
    "array": lambda y: y.astype("boolean").array,
}


@pytest.mark.parametrize("form", SAME_OUTCOMES)
def test_an_outcome_may_come_in_any_form(fitted, form):
    again = model().fit(FRAME, SAME_OUTCOMES[form](CHURNED))
    assert (again.predict_proba(FRAME) == fitted.predict_proba(FRAME)).all()


@pytest.mark.parametrize(
    "outcome",
    [
        [None, *CHURNED[1:]],
        (np.nan, *CHURNED[1:]),
        np.array([None, *CHURNED[1:]], dtype=object),
        CHURNED.astype("Int64").mask(np.arange(N) < 1).to_frame(),
        CHURNED.astype("Int64").mask(np.arange(N) < 1).array,
    ],
    ids=["list", "tuple", "objects", "frame", "nullable"],
)
def test_a_gap_in_the_outcome_is_refused_in_any_form(outcome):
    with pytest.raises(Refusal, match="the outcome of 1 rows is not known\\. Leave these rows out"):
        model().fit(FRAME, outcome)


@pytest.mark.parametrize("wrong", [Decimal(1), datetime(2026, 1, 1, tzinfo=UTC).time()])
def test_an_outcome_of_other_objects_is_refused_in_one_line(wrong):
    with pytest.raises(Refusal, match=rf"holds .*{type(wrong).__name__}.* objects\. Write it as True and False"):
        model().fit(FRAME, pd.Series([wrong, *CHURNED[1:]], dtype=object))


@pytest.mark.parametrize(
    "kind, event, other",
    [
        (ChurnModel, "Attrited Customer", "Existing Customer"),
        (ChurnModel, "left", "stayed"),
        (ChurnModel, "Cancelled", "Renewed"),
        (UpsellModel, "expanded", "flat"),
    ],
)
def test_texts_whose_order_would_turn_the_outcome_round_are_refused(kind, event, other):
    with pytest.raises(Refusal, match=f'"{other}" would be taken for') as refusal:
        kind(n_folds=2).fit(FRAME, CHURNED.map({0: other, 1: event}))
    assert f'y == "{event}"' in str(refusal.value)


@pytest.mark.parametrize(
    "parameter, value",
    [
        *[("seed", value) for value in (None, -1, 2**32, np.random.RandomState(0))],
        *[("n_folds", value) for value in (0, 1, 2.5)],
        *[("max_rows", value) for value in (0, 39)],
        ("min_events", "many"),
        ("as_of", "2026-03-31"),
    ],
)
def test_parameters_that_cannot_be_meant_are_refused_by_name(parameter, value):
    with pytest.raises(ValueError, match=f"^{parameter} is .*; it must be a"):
        ChurnModel(**{parameter: value}).fit(FRAME, CHURNED)


def test_groups_of_another_length_are_refused():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model().fit(FRAME, CHURNED, groups=np.arange(5))


def test_a_timestamp_as_the_day_of_the_prediction_counts_as_its_day_and_is_kept(tmp_path):
    frame, noon = FRAME.drop(columns="renews_on"), pd.Timestamp("2026-03-31 12:00")
    seen = frame.assign(seen_on=DAYS.where(DAYS <= "2026-03-31", pd.NaT)).assign(last=pd.Timestamp("2026-03-31 23:00"))
    kept = model(as_of=noon, seed=np.int64(3)).fit(seen, CHURNED)
    loaded = load_model(save_model(kept, tmp_path / "a.model", data_hash="sha256:0"))
    assert loaded.as_of == date(2026, 3, 31) and loaded.seed == 3
    with pytest.raises(Refusal, match='"last": holds 200 dates after 2026-03-30'):
        model(as_of=pd.Timestamp("2026-03-30 23:59")).fit(seen[["usage", "last"]], CHURNED)


def test_the_order_of_weighed_rows_does_not_matter_nor_does_the_unit_of_their_weights():
    weight = np.random.default_rng(3).random(N) + 0.1
    plain = model().fit(FRAME, CHURNED, sample_weight=weight).predict_proba(FRAME)
    for seed in range(3):
        turned = np.random.default_rng(seed).permutation(N)
        again = model().fit(FRAME.iloc[turned], CHURNED.iloc[turned], sample_weight=weight[turned])
        assert (again.predict_proba(FRAME) == plain).all()
    tripled = model().fit(FRAME, CHURNED, sample_weight=3 * weight)
    assert tripled.predict_proba(FRAME) == pytest.approx(plain, abs=1e-9)


def test_copies_of_rows_are_told_and_do_not_make_the_model_sure_of_itself():
    frame, churned = customers(300)
    copies, outcomes = pd.concat([frame] * 4, ignore_index=True), pd.concat([churned] * 4, ignore_index=True)
    with pytest.warns(CopiesWarning, match="900 of 1,200 rows are copies"):
        sure = ChurnModel().fit(copies, outcomes)
    judged, outcome = customers(2000, seed=9)
    once = brier_score_loss(outcome, ChurnModel().fit(frame, churned).predict_proba(judged)[:, 1])
    assert brier_score_loss(outcome, sure.predict_proba(judged)[:, 1]) == pytest.approx(once, abs=0.01)
    assert (sure.rate_.n, sure.rate_.n_events) == (300, churned.sum())


def test_accounts_that_are_alike_by_chance_are_no_copies():
    rng = np.random.default_rng(4)
    alike = pd.DataFrame({"plan": rng.choice(["free", "paid"], 4000), "seats": rng.integers(1, 5, 4000)})
    event = rng.random(4000) < 0.3
    assert copied(value_keys(alike), event) is None
    assert copied(value_keys(FRAME), CHURNED.to_numpy() == 1) is None


ODD = {
    "period": (pd.Series(DAYS.to_period("M")), "date"),
    "arrow dictionary": (
        pd.Series(DRAWN.choice(["a", "b"], N)).astype(pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
        "category",
    ),
    "sparse": (pd.Series(pd.arrays.SparseArray(np.where(DRAWN.random(N) < 0.7, 0.0, 1.5))), "number"),
    "decimal": (pd.Series([Decimal(int(k)) / 7 for k in DRAWN.integers(0, 9, N)]), "number"),
    "span": (pd.Series(pd.to_timedelta(DRAWN.integers(0, 9, N), "h")), "span"),
    "far day": (pd.Series([date(9999, 12, 31) if k < 50 else date(2026, 1, k % 28 + 1) for k in range(N)]), "date"),
    "interval": (pd.Series(pd.cut(DRAWN.random(N), 3)), "category"),
}


@pytest.mark.parametrize("form", ODD)
def test_odd_columns_are_read_and_contributions_add_up(form, tmp_path):
    column, kind = ODD[form]
    frame = FRAME.assign(odd=column.set_axis(FRAME.index))
    found = model().fit(frame, CHURNED)
    assert next(feature.kind for feature in found.features_ if feature.name == "odd") == kind
    added = found.base_ + found.contributions(frame).sum(axis=1)
    assert added == pytest.approx(found.decision_function(frame), abs=1e-9)
    loaded = load_model(save_model(found, tmp_path / "odd.model", data_hash="sha256:0"))
    assert (loaded.predict_proba(frame) == found.predict_proba(frame)).all()


REFUSED = {
    "text_dates": (pd.Series(DAYS.strftime("%Y-%m-%d")), '"2026-.*is a date written as text'),
    "too_large": (pd.Series([1e308, *range(N - 1)]), "beyond 1e\\+100"),
    "other_type": (pd.Series([1 + 2j] * N), "of the type complex"),
    "categories_alike": (pd.Series(pd.Categorical([1, "1"] * (N // 2))), '"1" is how two of its categories read'),
    "no_unicode": (pd.Series(["\ud800", "b"] * (N // 2), dtype=object), "no Unicode"),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_columns_that_nobody_can_read_are_refused_with_the_reason(rule):
    column, said = REFUSED[rule]
    with pytest.raises(Refusal, match=said) as refusal:
        model().fit(FRAME.assign(odd=column.set_axis(FRAME.index)), CHURNED)
    assert [(problem.column, problem.rule) for problem in refusal.value.problems] == [("odd", rule)]


@pytest.mark.parametrize("text", ["2026/3/1", "31.12.2026", "2026年3月1日", "12/31/26", "2026-03-01T10:00:00Z"])
def test_a_date_written_as_text_is_seen_whatever_its_fashion(text):
    with pytest.raises(Refusal, match="is a date written as text"):
        model().fit(FRAME.assign(day=np.where(FRAME["usage"] > 0, text, None)), CHURNED)


def test_a_version_number_is_no_date():
    released = np.where(FRAME["usage"] > 0, "v10.2.31", "v9")
    assert model().fit(FRAME[["tenure_months"]].assign(release=released), CHURNED).features_[1].levels == (
        "v10.2.31",
        "v9",
    )


def test_whole_numbers_that_are_names_stay_the_same_names_beside_a_gap():
    numbers = pd.Series(np.random.default_rng(5).integers(1, 4, N), index=FRAME.index)
    found = model().fit(FRAME.assign(plan_id=numbers.astype("category")), CHURNED)
    with_gap = numbers.astype(float).mask(np.arange(N) == 0).astype("category")
    now, then = (found.predict_proba(FRAME.assign(plan_id=ids)) for ids in (with_gap, numbers.astype("category")))
    assert (now[1:] == then[1:]).all()


def test_more_columns_than_rows_give_the_same_regression_as_without_the_turn(monkeypatch):
    n, k, rng = 90, 25, np.random.default_rng(6)
    matrix = np.asfortranarray(rng.normal(size=(n, k)))
    event = (rng.random(n) < 1 / (1 + np.exp(-matrix[:, 0]))).astype(float)
    features, fold = tuple(Feature(f"f{place}", "number") for place in range(k)), np.arange(n) % 3
    parts = [(np.flatnonzero(fold != side), np.flatnonzero(fold == side)) for side in range(3)]
    # The solver stops by the slope of the loss in every column, turned or not: here only at the very end.
    monkeypatch.setattr(regression, "LogisticRegression", partial(LogisticRegression, tol=1e-12))
    turned, outside = regression.fit_additive(matrix, features, event, np.ones(n), parts)
    monkeypatch.setattr(regression, "_turn", lambda matrix: None)
    plain, expected = regression.fit_additive(matrix, features, event, np.ones(n), parts)
    assert outside == pytest.approx(expected, abs=1e-8)
    assert turned.contributions(matrix) == pytest.approx(plain.contributions(matrix), abs=1e-8)
