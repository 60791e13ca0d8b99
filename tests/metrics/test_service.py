from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_company import accounts, items, view_of

from csworkbench.data.snapshot import View
from csworkbench.metrics.calendar import Quarter, quarters_back
from csworkbench.metrics.service import account_service, say_do, service

Q3 = Quarter.parse("2026Q3")
SIZES = pd.Series(
    [4, 4, 2, 2],
    pd.MultiIndex.from_product([["2026Q3", "2026Q2"], ["all", "smb"]], names=["quarter", "segment"]),
)


def view(tickets: pd.DataFrame | None = None, surveys: pd.DataFrame | None = None) -> View:
    tables = {"accounts": accounts("a", "b"), "subscriptions": items(("a", "2026-01-01", None, 1.0))}
    more = {"tickets": tickets, "surveys": surveys}
    return view_of("2026-09-30", {**tables, **{name: frame for name, frame in more.items() if frame is not None}})


TICKETS = pd.DataFrame(
    [
        ["t1", "a", "2026-07-01 00:00:00", "2026-07-01 02:30:00", "2026-07-02 00:00:00", True, 5.0],
        ["t2", "a", "2026-09-30 23:00:00", None, None, None, None],
        ["t3", "b", "2026-08-01 10:00:00", "2026-08-01 10:30:00", "2026-08-02 22:00:00", False, 2.0],
        ["t4", "x", "2026-06-30 23:59:59", "2026-07-01 00:59:59", "2026-10-01 00:00:00", False, None],
    ],
    columns=["ticket_id", "account_id", "opened_at", "first_response_at", "resolved_at", "escalated", "csat"],
)
ANSWERS = pd.DataFrame(
    [
        ["a", "p1", "2026-09-01", "nps", 10],
        ["a", "p2", "2026-09-01", "nps", 7],
        ["b", "p3", "2026-09-02", "nps", 6],
        ["b", "p3", "2026-04-01", "nps", 10],
        ["a", "p1", "2026-09-03", "csat", 4],
    ],
    columns=["account_id", "contact_id", "answered_on", "kind", "score"],
)


def test_service_of_a_quarter_small_enough_to_check_by_eye() -> None:
    found = service(view(TICKETS, ANSWERS), quarters_back(Q3, 2), SIZES).set_index(["quarter", "segment"])
    now = found.loc[("2026Q3", "all")]
    assert now[["tickets", "tickets_per_account", "share_escalated"]].to_list() == [3, 0.75, 0.5]
    assert now["median_first_response_hours"] == 1.5
    assert now["median_resolution_hours"] == 30.0
    assert now["csat"] == (5 + 2 + 4) / 3
    assert now["nps"] == 0.0
    assert now[["n_nps", "n_csat"]].to_list() == [3, 3]
    assert np.isnan(now["share_bot"])
    before = found.loc[("2026Q2", "all")]
    assert before[["tickets", "nps", "n_nps"]].to_list() == [1, 100, 1]
    assert before["median_first_response_hours"] == 1.0
    # resolved only after the day of the view
    assert np.isnan(before["median_resolution_hours"])
    # an account that is not known is in no segment, and still in the total
    assert found.loc[("2026Q2", "smb"), "tickets"] == 0


def test_service_without_tickets_still_has_its_surveys() -> None:
    found = service(view(None, ANSWERS), [Q3], SIZES).set_index(["quarter", "segment"]).loc[("2026Q3", "all")]
    assert found["n_nps"] == 3
    assert np.isnan(found["tickets_per_account"])


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=9))
def test_the_median_hours_are_those_of_pandas(seconds: list[int]) -> None:
    opened = pd.Timestamp("2026-07-31 23:59:30")
    tickets = pd.DataFrame({"resolved_at": [opened + pd.Timedelta(seconds=s) for s in seconds]})
    tickets = tickets.assign(ticket_id=[str(n) for n in range(len(seconds))], account_id="a", opened_at=opened)
    found = service(view(tickets), [Q3], SIZES).set_index(["quarter", "segment"]).loc[("2026Q3", "all")]
    known = [s / 3600 for s in seconds if opened + pd.Timedelta(seconds=s) < pd.Timestamp("2026-10-01")]
    expected = float(np.median(known)) if known else float("nan")
    assert found["median_resolution_hours"] == pytest.approx(expected, nan_ok=True)


def test_each_account_has_its_tickets_and_its_last_score() -> None:
    found = account_service(view(TICKETS, ANSWERS), date(2026, 9, 30))
    assert found[["tickets_open", "tickets_90d", "tickets_prior_90d"]].loc["a"].to_list() == [1, 1, 1]
    assert found["nps"].drop(index="x").to_dict() == {"a": 8.5, "b": 6.0}
    assert np.isnan(found.loc["x", "nps"])
    assert found["nps_on"]["b"] == pd.Timestamp("2026-09-02")
    assert found["csat"].drop(index="x").to_list() == [4.0, 2.0]


def test_words_and_use_disagree_only_when_both_are_clear() -> None:
    rows = [
        ["well_less", 9.0, 10, 74.0, 100.0, 1.0],
        ["well_same", 10.0, 10, 76.0, 100.0, 1.0],
        ["badly_more", 6.0, 10, 125.0, 100.0, 1.0],
        ["passive", 8.0, 10, 10.0, 100.0, 1.0],
        ["long_ago", 9.0, 366, 10.0, 100.0, 1.0],
        ["left", 9.0, 10, 10.0, 100.0, 0.0],
        ["unmeasured", 9.0, 10, 10.0, np.nan, 1.0],
        ["from_nothing", 3.0, 10, 10.0, 0.0, 1.0],
    ]
    names = ["account_id", "nps", "nps_age_days", "usage_90d", "usage_prior_90d", "mrr"]
    found = say_do(pd.DataFrame(rows, columns=names).assign(segment="smb"))
    assert found.set_index("account_id")["gap"].to_dict() == {
        "well_less": "says_well_uses_less",
        "badly_more": "says_badly_uses_more",
    }
    assert found["usage_change"].to_list() == [-0.26, 0.25]
