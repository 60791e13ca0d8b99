"""Columns that know the outcome are found and named; honest ones are not."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from frames_by_hand import customers

from csworkbench.errors import Refusal
from csworkbench.models import ChurnModel, find_leaks
from csworkbench.models.estimator.classifier import LeakWarning
from csworkbench.models.estimator.leaks import roc_auc


def leaks_with(**columns):
    frame, churned = customers(1000)
    added = {name: make(churned) for name, make in columns.items()}
    return find_leaks(frame.assign(**added), churned)


def rows_of(churned):
    return np.random.default_rng(11).random(len(churned))


LEAKS = {
    "target_in_disguise": lambda churned: churned.map({0: "stays", 1: "left"}),
    "near_perfect": lambda churned: churned + 0.3 * np.random.default_rng(1).normal(size=len(churned)),
    "missing_tells": lambda churned: pd.Series(rows_of(churned), churned.index).where(churned == 1),
}


@pytest.mark.parametrize("rule", LEAKS)
def test_a_column_that_knows_the_outcome_is_named_with_its_reason(rule):
    (leak,) = leaks_with(told=LEAKS[rule])
    assert (leak.column, leak.rule) == ("told", rule)
    assert "told" in str(leak.problem()) and "eave it out" in str(leak.problem())


def test_a_target_hidden_in_the_middle_of_a_scale_is_found():
    (leak,) = leaks_with(told=lambda churned: np.where(churned == 1, 5.0, np.where(rows_of(churned) < 0.5, 1.0, 9.0)))
    assert leak.rule == "target_in_disguise"


def test_a_reversed_flag_is_found():
    (leak,) = leaks_with(active=lambda churned: churned == 0)
    assert leak.rule == "target_in_disguise"


def test_an_honest_frame_has_no_leak():
    frame, churned = customers(3000)
    assert find_leaks(frame, churned) == []


def test_names_of_rows_are_no_leak_however_many_there_are():
    frame, churned = customers(1000)
    assert find_leaks(frame.assign(number=np.arange(1000), code=frame.index), churned) == []


def test_dates_after_the_day_of_the_prediction_are_named():
    frame, churned = customers(1000)
    frame = frame.assign(left_on=pd.Timestamp("2026-06-30"), joined_on=pd.Timestamp("2026-03-31 23:59"))
    found = find_leaks(frame.drop(columns="renews_on"), churned, as_of=date(2026, 3, 31))
    assert [(leak.column, leak.rule) for leak in found] == [("left_on", "known_after")]
    assert "holds 1,000 dates after 2026-03-31" in found[0].said


def test_fitting_refuses_leaks_or_warns_or_goes_on_as_asked():
    frame, churned = customers()
    leaking = frame.assign(status=churned.map({0: "open", 1: "closed"}))
    with pytest.raises(Refusal, match='column "status": tells the outcome of every row'):
        ChurnModel().fit(leaking, churned)
    with pytest.warns(LeakWarning, match="status"):
        ChurnModel(n_folds=2, on_leak="warn").fit(leaking, churned)
    assert ChurnModel(n_folds=2, on_leak="ignore").fit(leaking, churned).estimable_
    with pytest.raises(ValueError, match="on_leak is 'maybe'; it must be one of refuse, warn, ignore"):
        ChurnModel(on_leak="maybe").fit(frame, churned)


def test_the_call_duration_known_only_afterwards_is_not_found_by_its_strength_alone(real_data):
    calls = pd.read_csv(real_data / "bank_marketing" / "bank-additional-full.csv", sep=";")
    assert find_leaks(calls.drop(columns="y"), calls["y"]) == []


def test_where_many_columns_tell_the_outcome_well_only_a_nearly_perfect_one_is_suspected():
    churned = customers(1000)[1]
    rng = np.random.default_rng(5)
    strong = {f"sign_{k}": churned + 0.45 * rng.normal(size=1000) for k in range(3)}
    one, sure = churned + 0.35 * rng.normal(size=1000), churned + 0.2 * rng.normal(size=1000)
    aucs = [roc_auc(column.to_numpy(), churned.to_numpy()) for column in (*strong.values(), one, sure)]
    assert max(aucs[:3]) < 0.97 < aucs[3] < 0.99 < aucs[4]
    assert find_leaks(pd.DataFrame(strong | {"one": one}), churned) == []
    assert [leak.column for leak in find_leaks(pd.DataFrame(strong | {"sure": sure}), churned)] == ["sure"]
    beside_weak = find_leaks(pd.DataFrame({"weak": rng.normal(size=1000), "one": one}), churned)
    assert [leak.column for leak in beside_weak] == ["one"]


def test_roc_auc_counts_ties_half():
    assert roc_auc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0, 0, 1, 1])) == pytest.approx(3.5 / 4)
