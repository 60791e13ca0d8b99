"""What could have been prevented, what customers ask for, what was tried: cases by eye and what always holds."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_company import view_of

from csworkbench.metrics.business.prevention import causes, prevention
from csworkbench.metrics.business.themes import mentions, themes
from csworkbench.metrics.calendar import Quarter, quarters_back
from csworkbench.metrics.team.tried import tried

QUARTER = Quarter.parse("2026Q1")
AS_OF = QUARTER.closing


def frame(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


# prevention

LOST = frame("account_id segment mrr", ("a", "smb", 100.0), ("b", "smb", 50.0), ("c", "mid", 30.0))
NAMED = frame(
    "account_id department reason preventable closed",
    ("a", "CS", "slow", True, True), ("a", "Sales", "price", True, False), ("b", "CS", "slow", False, False),
    ("gone", "CS", "slow", True, True),
)  # fmt: skip


def test_an_account_with_two_causes_stands_under_both_and_counts_once_in_the_sum() -> None:
    found = prevention(LOST, NAMED).set_index(["segment", "department", "reason"])
    names = ["n", "mrr", "n_preventable", "mrr_preventable", "n_closed"]
    assert found.loc[("all", "CS", "slow"), names].to_list() == [2, 150.0, 1, 100.0, 1]
    assert found.loc[("all", "Sales", "price"), names].to_list() == [1, 100.0, 1, 100.0, 0]
    assert found.loc[("all", "all", "all"), names].to_list() == [2, 150.0, 1, 100.0, 0]
    assert ("mid", "all", "all") not in found.index


def test_causes_are_those_of_leaving_that_were_known_and_closed_by_the_day() -> None:
    rows = [
        ("a", "2026-01-10", "churn", "slow", "CS", True, "2026-02-01"),
        ("b", "2026-01-10", "churn", "slow", None, None, "2026-05-01"),
        ("c", "2026-01-10", "expansion", "team", "CS", True, None),
        ("d", "2023-01-10", "churn", "slow", "CS", True, None),
    ]
    columns = "account_id named_on event factor department preventable closed_on"
    accounts = frame("account_id", *((id,) for id in "abcd"))
    view = view_of(AS_OF, {"accounts": accounts, "factors": frame(columns, *rows)})
    found = causes(view, quarters_back(QUARTER, 4)).set_index("account_id")
    assert found.loc["a"].to_list() == ["CS", "slow", True, True]
    assert found.loc["b"].to_list() == ["", "slow", False, False]
    assert list(found.index) == ["a", "b"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["CS", "Sales"]), st.booleans(), st.booleans())))
@settings(max_examples=40, deadline=None)
def test_no_register_keeps_more_than_was_lost(rows: list[tuple[str, str, bool, bool]]) -> None:
    once = {(id, department): (id, department, "slow", yes, shut) for id, department, yes, shut in rows}
    found = prevention(LOST, frame("account_id department reason preventable closed", *once.values()))
    assert (found["mrr_preventable"] <= found["mrr"]).all()
    assert (found["n_closed"] <= found["n_preventable"]).all()
    assert (found["n_preventable"] <= found["n"]).all()
    whole = found[(found["segment"] == "all") & (found["department"] == "all")]
    assert whole["mrr"].sum() == LOST.loc[LOST["account_id"].isin([id for id, *_ in rows]), "mrr"].sum()


# themes


def test_a_theme_weighs_the_mrr_of_each_paying_account_once() -> None:
    days = [("a", "2026-03-01"), ("a", "2026-02-01"), ("b", "2025-03-31"), ("c", "2026-03-01"), ("b", "2024-03-01"),
            ("a", "2026-05-01")]  # fmt: skip
    rows = [(f"f{at}", *row, "product", "mobile") for at, row in enumerate(days)]
    accounts = frame("account_id", ("a",), ("b",), ("c",))
    view = view_of(
        AS_OF, {"accounts": accounts, "feedback": frame("feedback_id account_id given_on kind theme", *rows)}
    )
    book = frame("account_id segment mrr", ("a", "smb", 60.0), ("b", "mid", 20.0), ("c", "mid", 0.0))
    found = themes(mentions(view), book).set_index(["segment", "kind", "theme"])
    names = ["n", "n_before", "n_accounts", "mrr", "share"]
    assert found.loc[("all", "product", "mobile"), names].to_list() == [2, 1, 1, 60.0, 0.75]
    assert found.loc[("mid", "product", "mobile"), names].to_list() == [0, 1, 0, 0.0, 0.0]


def test_without_feedback_of_those_who_pay_there_are_no_themes() -> None:
    given = frame("account_id kind theme recent", ("gone", "product", "mobile", True))
    assert themes(given, frame("account_id segment mrr", ("a", "smb", 60.0))).empty


# tried


def spans(*rows: tuple[str, str, str | None, str]) -> pd.DataFrame:
    found = frame("account_id first_paid_on paid_until segment", *rows).set_index("account_id")
    return found.astype({"first_paid_on": "datetime64[us]", "paid_until": "datetime64[us]"})


def change(on: str, scope: str | None) -> pd.DataFrame:
    return frame("changed_on what scope", (on, "calls", scope)).astype({"changed_on": "datetime64[us]", "scope": "str"})


def book(n: int, left: list[str]) -> pd.DataFrame:
    stay = [(f"s{at}", "2020-01-01", None, "smb") for at in range(n)]
    return spans(("first", "2020-01-01", "2023-01-01", "mid"), *stay,
                 *((f"l{at}", "2020-01-01", day, "smb") for at, day in enumerate(left)))  # fmt: skip


def test_leaving_before_and_after_a_change_is_counted_per_account_month() -> None:
    known = book(10, ["2024-07-01", "2025-01-15", "2025-07-01"])
    row = tried(change("2025-01-01", None), known, None, date(2026, 3, 31)).iloc[0]
    assert (row["scope"], row["measure"]) == ("all", "logo_churn")
    days_before = 12 * 365 + (date(2024, 7, 1) - date(2024, 1, 2)).days
    days_after = 10 * 365 + (date(2025, 1, 15) - date(2025, 1, 1)).days + (date(2025, 7, 1) - date(2025, 1, 1)).days
    assert row["before"] == pytest.approx(1 / (days_before / 365.25 * 12))
    assert row["after"] == pytest.approx(2 / (days_after / 365.25 * 12))
    assert row["low"] < 0 < row["high"]
    assert (row["n_before"], row["n_after"]) == (150, 126)


def test_a_change_before_the_first_exit_of_the_data_has_no_year_before() -> None:
    row = tried(change("2022-06-01", "all"), book(10, ["2023-05-01"]), None, date(2026, 3, 31)).iloc[0]
    assert (row["measure"], row["n_before"]) == ("logo_churn", 0)
    assert pd.isna(row["before"])
    assert pd.isna(row["difference"])


def test_what_is_left_after_the_closing_or_recorded_for_later_changes_nothing() -> None:
    sooner = tried(change("2025-01-01", "smb"), book(10, ["2024-07-01"]), None, date(2025, 6, 30))
    later = tried(change("2025-01-01", "smb"), book(9, ["2024-07-01", "2025-08-01"]), None, date(2025, 6, 30))
    pd.testing.assert_frame_equal(sooner, later)
    assert tried(change("2025-07-01", "smb"), book(9, []), None, date(2025, 6, 30)).empty


def test_a_step_is_compared_by_the_day_on_which_it_began() -> None:
    begun = ["2024-12-31"] * 6 + ["2025-01-01"] * 8 + ["2023-12-31"]
    steps = frame("milestone previous_on outcome", *(("data", day, float(at % 2)) for at, day in enumerate(begun)))
    row = tried(change("2025-01-01", "data"), book(5, []), steps.astype({"previous_on": "datetime64[us]"}),
                date(2026, 3, 31)).iloc[0]  # fmt: skip
    assert (row["measure"], row["n_before"], row["before"], row["n_after"], row["after"]) == (
        "steps_in_time", 6, 0.5, 8, 0.5,
    )  # fmt: skip


def test_a_scope_that_nothing_knows_has_no_measure() -> None:
    row = tried(change("2025-01-01", "moon"), book(5, []), None, date(2026, 3, 31)).iloc[0]
    assert (row["measure"], row["n_before"]) == ("", 0)
