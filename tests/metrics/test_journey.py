from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import slow_metrics as slow
from hypothesis import given
from hypothesis import strategies as st
from small_company import company, items, view_of

from csworkbench.data.snapshot import View
from csworkbench.metrics import journey as j
from csworkbench.metrics.survival import SurvivalCurve, kaplan_meier

DAY = date(2026, 9, 30)
FIRST = date(2026, 1, 1)
STEPS, DUE = ("kickoff", "first_report", "rollout"), (14, 30, 60)


def view_of_steps(starts: dict[str, date], reached: dict[str, list[date | None]], gone: tuple[str, ...] = ()) -> View:
    """Accounts that started and pay since then (those gone left in June), and what they reached."""
    known = pd.DataFrame(
        {"account_id": list(starts), "started_on": [str(d) for d in starts.values()], "segment": "smb"}
    )
    paid = items(*[(a, str(d), "2026-06-30" if a in gone else None, 10.0) for a, d in starts.items()])
    rows = [[a, m, str(d)] for a, days in reached.items() for m, d in zip(STEPS, days, strict=True) if d]
    steps = pd.DataFrame(rows, columns=["account_id", "milestone", "reached_on"]).astype("str")
    return view_of(DAY, {"accounts": known.astype("str"), "subscriptions": paid, "milestones": steps})


def by_eye(day: date = DAY) -> pd.DataFrame:
    start = date(2026, 1, 1)
    starts = dict.fromkeys(("quick", "slow", "stuck", "gone", "jumped"), start) | {"young": date(2026, 9, 25)}
    reached = {
        "quick": [date(2026, 1, 10), date(2026, 2, 1), date(2026, 3, 1)],
        "slow": [date(2026, 1, 16), date(2026, 5, 1), None],
        "stuck": [date(2026, 1, 5), None, None],
        "gone": [date(2026, 1, 5), None, None],
        "jumped": [None, date(2026, 1, 20), date(2026, 1, 10)],
        "young": [None, None, None],
    }
    return j.journey(view_of_steps(starts, reached, gone=("gone",)), day)


def test_conversion_of_a_journey_small_enough_to_check_by_eye() -> None:
    steps = j.step_conversion(by_eye())
    # the young account still has time; jumped never had a kickoff, and its rollout came before its first report
    assert steps[["n_eligible", "n_reached"]].to_numpy().tolist() == [[5, 3], [4, 1], [3, 2]]
    assert steps["share"].to_list() == [0.6, 0.25, pytest.approx(2 / 3)]


def test_stuck_is_a_paying_account_whose_next_step_is_overdue() -> None:
    late = j.stuck(by_eye())
    assert late[["account_id", "milestone", "overdue_days"]].to_numpy().tolist() == [
        ["stuck", "first_report", 268 - 30],
        ["slow", "rollout", 152 - 60],
    ]


def test_steps_reached_before_the_one_before_are_listed() -> None:
    early = j.out_of_order(by_eye())
    assert early[["account_id", "milestone"]].to_numpy().tolist() == [["jumped", "first_report"], ["jumped", "rollout"]]


def test_in_time_is_unknown_while_the_window_is_open() -> None:
    frame = by_eye().set_index(["account_id", "step"])["reached_in_time"]
    assert frame["quick"].to_list() == [True, True, True]
    assert frame["slow"].to_list() == [False, False, False]
    assert frame["young"].isna().all()
    assert frame["stuck"].isna().to_list() == [False, False, True]


def test_the_funnel_counts_who_reached_each_step() -> None:
    assert j.funnel(by_eye())[["n", "n_reached"]].to_numpy().tolist() == [[6, 4], [6, 3], [6, 2]]


_days = st.none() | st.integers(0, 270)


@given(
    st.dictionaries(
        st.sampled_from("abcdefghijkl"), st.tuples(_days.filter(lambda v: v is not None), _days, _days, _days)
    )
)
def test_step_conversion_equals_the_slow_one(given_: dict[str, tuple[int, int | None, int | None, int | None]]) -> None:
    starts = {a: FIRST + timedelta(days=days[0]) for a, days in given_.items()}
    reached = {a: [None if d is None else FIRST + timedelta(days=d) for d in days[1:]] for a, days in given_.items()}
    found = j.step_conversion(j.journey(view_of_steps(starts, reached)))
    expected = slow.step_conversion(reached, starts, DUE, DAY)
    assert found[["n_eligible", "n_reached"]].to_numpy().tolist() == ([list(e) for e in expected] if starts else [])


def test_segments_of_the_steps_sum_to_all() -> None:
    view = view_of("2026-03-31", company())
    frame = j.journey(view)
    steps = j.journey_steps(frame, pd.Series(dtype=float)).set_index(["segment", "step"])
    counts = steps[["n_eligible", "n_reached", "n_stuck"]]
    parts = counts.drop(index="all").groupby("step").sum()
    assert parts.to_numpy().tolist() == counts.loc["all"].to_numpy().tolist()


def test_conversion_per_csm_is_drawn_to_that_of_all_and_shows_its_n() -> None:
    steps = j.step_conversion(j.journey(view_of("2026-03-31", company())), by="csm_id")
    measured = steps[steps["n_eligible"] > 0]
    overall = measured.groupby("step")["n_reached"].transform("sum") / measured.groupby("step")["n_eligible"].transform(
        "sum"
    )
    assert ((measured["shrunk"] - overall).abs() <= (measured["share"] - overall).abs() + 1e-9).all()
    assert ((measured["shrunk_low"] <= measured["shrunk"]) & (measured["shrunk"] <= measured["shrunk_high"])).all()


def test_time_to_value_keeps_those_who_still_wait() -> None:
    frame = by_eye()
    left = pd.Series({"gone": pd.Timestamp("2026-06-30")})
    found = j.time_to_value(frame, "first_report", DAY, left).set_index("segment").loc["all"]
    # reached after 19 (jumped), 31 (quick), 120 (slow); censored at 5 (young), 180 (gone), 272 (stuck)
    assert found[["n", "n_reached"]].to_list() == [6, 3]
    assert found["median_days"] == 120
    assert np.isnan(found["p75_days"])


def test_value_reached_by_nobody_has_no_median() -> None:
    frame = j.journey(view_of_steps({"a": FIRST}, {"a": [None, None, None]}))
    found = j.time_to_value(frame, "rollout", DAY, pd.Series(dtype="datetime64[us]"))
    assert found["median_days"].isna().all()


def step_curve(steps: pd.DataFrame) -> SurvivalCurve:
    """Kaplan–Meier from the step before to this one. steps: rows of `journey` of one step."""
    begun = steps[steps["previous_on"].notna()]
    reached = begun["reached_on"].notna()
    return kaplan_meier(begun["days"].where(reached, begun["elapsed_days"]).clip(lower=0), reached)


def test_days_of_a_step_are_the_quantiles_of_its_curve() -> None:
    rows = j.journey(view_of(date(2026, 6, 30), company(50, seed=8)))
    found = j.step_days(rows, "segment").set_index(["segment", "step"])
    for key, part in rows.groupby(["segment", "step"]):
        curve = step_curve(part)
        if curve.n:
            np.testing.assert_equal(found.loc[key].to_list(), [curve.median, curve.quantile(0.75)])
