"""A value that only accounts with the event have is found, though it does not tell of all of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from frames_by_hand import customers

from csworkbench.errors import Refusal
from csworkbench.models import ChurnModel, find_leaks
from csworkbench.models.estimator.certainty import certain
from csworkbench.models.estimator.encoding import Feature

N = 1000
FRAME, CHURNED = customers(N)
DRAWN = np.random.default_rng(4)
LEFT = (CHURNED == 1).to_numpy()
HALF = LEFT & (DRAWN.random(N) < 0.5)

TOLD = {
    "filled in": pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(DRAWN.integers(0, 90, N), "D")).where(HALF),
    "empty": pd.Series(DRAWN.random(N)).mask(HALF),
    '"price"': pd.Series(np.where(HALF, "price", DRAWN.choice(["none", "open"], N))),
    "0": pd.Series(np.where(HALF, 0.0, DRAWN.random(N))),
    "true": pd.Series(HALF),
}


@pytest.mark.parametrize("value", TOLD)
def test_the_value_that_half_of_those_who_left_have_and_nobody_else_is_named(value):
    frame = FRAME.assign(told=TOLD[value].set_axis(FRAME.index))
    (leak,) = find_leaks(frame, CHURNED)
    assert (leak.column, leak.rule) == ("told", "certain_value")
    assert leak.said.startswith(f"settles the outcome where it is {value}: {HALF.sum()} of {HALF.sum()} such rows had")
    assert leak.roc_auc == pytest.approx(0.5 + HALF.sum() / LEFT.sum() / 2)
    with pytest.raises(Refusal, match="Find out when it becomes so"):
        ChurnModel(n_folds=2).fit(frame, CHURNED)


def test_a_value_that_most_but_not_all_of_its_accounts_leave_with_is_honest():
    warned = HALF.copy()
    warned[np.flatnonzero(~LEFT)[: HALF.sum() // 20]] = True
    assert find_leaks(FRAME.assign(warned=warned), CHURNED) == []


def test_a_value_of_few_rows_is_chance_and_one_of_few_that_left_tells_little():
    flag = Feature("flag", "flag")
    event = np.r_[np.ones(500), np.zeros(500)]
    assert certain(np.r_[np.ones(29), np.zeros(971)], flag, event) is None
    assert certain(np.r_[np.ones(99), np.zeros(901)], flag, event) is None
    assert certain(np.r_[np.ones(100), np.zeros(900)], flag, event) is not None
    assert certain(np.r_[np.zeros(900), np.ones(100)], flag, event[::-1]) is not None


@pytest.mark.parametrize("name", ["telco", "churn_uci", "bank"])
def test_no_column_of_the_public_sets_is_called_certain(real_data, name):
    file, outcome, more = {
        "telco": ("telco_ibm/Telco-Customer-Churn.csv", "Churn", ["TotalCharges"]),
        "churn_uci": ("churn_uci_c50/mlc_churn.csv", "churn", []),
        "bank": ("bank_marketing/bank-additional-full.csv", "y", []),
    }[name]
    rows = pd.read_csv(real_data / file, sep=";" if name == "bank" else ",")
    assert find_leaks(rows.drop(columns=[outcome, *more]), rows[outcome]) == []


def test_one_day_after_the_prediction_among_many_rows_is_found():
    days = np.full(60_000, np.datetime64("2026-03-01", "s"))
    for place in (0, 30_000, 59_999):
        late = days.copy()
        late[place] = np.datetime64("2026-04-01", "s")
        frame = pd.DataFrame({"seen_on": late, "usage": np.random.default_rng(5).random(60_000)})
        (leak,) = find_leaks(frame, np.arange(60_000) % 2, as_of=date(2026, 3, 31))
        assert (leak.column, leak.rule) == ("seen_on", "known_after") and "holds 1 dates after" in leak.said
