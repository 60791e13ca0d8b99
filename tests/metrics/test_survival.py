from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.metrics.survival import kaplan_meier, survival_quantiles


@pytest.fixture(scope="module")
def telco(real_data: Path) -> pd.DataFrame:
    return pd.read_csv(real_data / "telco_ibm" / "Telco-Customer-Churn.csv", usecols=["tenure", "Churn", "Contract"])


def test_telco_survival_by_tenure_is_the_published_one(telco: pd.DataFrame) -> None:
    curve = kaplan_meier(telco["tenure"], telco["Churn"] == "Yes")
    published = {1: 0.945961, 12: 0.843200, 24: 0.788736, 48: 0.708840, 60: 0.664404, 72: 0.592790}
    assert {time: round(curve.at(time), 6) for time in published} == published
    assert (curve.n, curve.n_events) == (7043, 1869)
    assert np.isnan(curve.median)


def test_telco_month_to_month_median_is_the_published_one(telco: pd.DataFrame) -> None:
    monthly = telco[telco["Contract"] == "Month-to-month"]
    curve = kaplan_meier(monthly["tenure"], monthly["Churn"] == "Yes")
    assert (curve.n, curve.n_events, curve.median) == (3875, 1655, 35)


_subjects = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40)


@given(_subjects)
def test_curve_interval_and_quantiles_equal_those_of_lifelines(subjects: list[tuple[int, bool]]) -> None:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    times, seen = [float(t) for t, _ in subjects], [c for _, c in subjects]
    ours = kaplan_meier(times, seen)
    theirs = KaplanMeierFitter().fit(times, seen)
    at = ours.table["time"].to_numpy()
    assert ours.table["survival"].to_numpy() == pytest.approx(theirs.survival_function_at_times(at).to_numpy())
    limits = theirs.confidence_interval_.loc[at].to_numpy()
    found = ours.table[["low", "high"]].to_numpy()
    sure = ours.table["survival"].isin([0.0, 1.0]).to_numpy()
    assert found[~sure] == pytest.approx(limits[~sure])
    if (np.abs(ours.table["survival"] - 0.5) < 1e-9).any():
        return  # lifelines rounds there
    median = theirs.median_survival_time_
    assert ours.median == median or (np.isnan(ours.median) and np.isinf(median))
    expected = median_survival_times(theirs.confidence_interval_).to_numpy().ravel()
    if not sure.any():
        assert np.nan_to_num(ours.quantile_interval(0.5), nan=np.inf) == pytest.approx(expected)


@given(_subjects)
def test_survival_falls_and_lies_within_its_interval(subjects: list[tuple[int, bool]]) -> None:
    for interval in ("log-log", "greenwood"):
        table = kaplan_meier([t for t, _ in subjects], [c for _, c in subjects], interval).table
        assert (table["survival"].diff().dropna() <= 0).all()
        assert (table["low"] <= table["survival"]).all()
        assert (table["survival"] <= table["high"]).all()


def test_greenwood_interval_of_a_table_small_enough_to_check_by_eye() -> None:
    # 4 subjects: event at 1, censored at 2, events at 3 and 4: S = 3/4, 3/4, 3/8, 0
    table = kaplan_meier([1, 2, 3, 4], [True, False, True, True], "greenwood").table
    assert table["survival"].to_list() == [0.75, 0.75, 0.375, 0.0]
    spread = 1.959964 * 0.75 * np.sqrt(1 / (4 * 3))
    assert table["low"].iloc[0] == pytest.approx(0.75 - spread, abs=1e-6)
    assert table["high"].iloc[0] == 1.0


def test_nobody_and_no_event_have_no_median() -> None:
    assert np.isnan(kaplan_meier([], []).median)
    assert np.isnan(kaplan_meier([3, 5], [False, False]).median)
    assert kaplan_meier([3, 5], [False, False]).at(9) == 1.0


@pytest.mark.parametrize("wrong", [[-1.0], [float("nan")], [float("inf")]])
def test_a_duration_that_cannot_be_is_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        kaplan_meier(wrong, [True])


@given(_subjects, st.lists(st.floats(0.01, 0.99), min_size=1, max_size=4))
def test_quantiles_alone_are_those_of_the_curve(subjects: list[tuple[int, bool]], shares: list[float]) -> None:
    times, seen = zip(*subjects, strict=True)
    curve = kaplan_meier(times, seen)
    np.testing.assert_equal(survival_quantiles(times, seen, shares), [curve.quantile(share) for share in shares])
