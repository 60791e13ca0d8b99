"""Train and test share neither an account nor a window."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from test_labels import panel_of

from csworkbench.models.panel.splits import account_folds, by_account, by_time

IDS = tuple("abcdefghijk")


@given(cut=st.integers(1, 12), horizon=st.integers(1, 4), lead=st.integers(0, 2))
def test_no_window_of_train_reaches_past_the_cut_and_no_test_row_lies_before_it(cut, horizon, lead):
    panel = panel_of(ids=IDS)
    day = (pd.Timestamp("2024-12-31") + pd.offsets.MonthEnd(cut)).date()
    train, test = by_time(panel, day, horizon, lead)
    closes = panel.rows["month_end"] + pd.offsets.MonthEnd(lead + horizon)
    assert not (train & test).any()
    assert (train == (closes <= pd.Timestamp(day)).to_numpy()).all()
    assert (test == (panel.rows["month_end"] >= pd.Timestamp(day)).to_numpy()).all()


@given(n_folds=st.integers(2, 6), seed=st.integers(0, 5))
def test_no_account_is_on_both_sides_and_each_is_tested_once(n_folds, seed):
    panel = panel_of(ids=IDS)
    tested = np.zeros(len(panel.rows), int)
    for train, test in by_account(panel, n_folds, seed):
        ids = panel.rows["account_id"]
        assert not set(ids[train]) & set(ids[test])
        assert (train | test).all()
        tested += test
    assert (tested == 1).all()


def test_folds_do_not_depend_on_the_order_of_rows():
    panel = panel_of(ids=IDS)
    order = np.random.default_rng(1).permutation(len(panel.rows))
    ids = panel.rows["account_id"]
    assert (account_folds(ids, 3, 2)[order] == account_folds(ids.iloc[order], 3, 2)).all()


def test_a_cut_before_all_rows_leaves_nothing_to_train_on():
    train, test = by_time(panel_of(ids=IDS), date(2024, 1, 31), 3)
    assert not train.any()
    assert test.all()
