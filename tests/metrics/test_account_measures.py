"""The measures of single accounts, against cases small enough to check by eye and slow second implementations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_company import SETTINGS, accounts, company, items, view_of

from csworkbench.data.snapshot import View
from csworkbench.errors import CsworkbenchError, UnknownName
from csworkbench.metrics.account.frames import AREAS, CUSTOMER, INTERNAL
from csworkbench.metrics.account.make import chosen_accounts, measure_accounts
from csworkbench.metrics.account.measures import AccountMeasures, CustomerView, customer_view, internal_view
from csworkbench.metrics.account.peers import beside_peers
from csworkbench.metrics.account.pmbok import status_of
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.quarter import measure_quarter

Q3 = Quarter.parse("2026Q3")
CLOSING = Q3.closing
PAID = {
    "accounts": accounts("a", "b"),
    "subscriptions": items(("a", "2026-01-01", None, 100), ("b", "2026-01-01", None, 50)),
}


def measured(tables: dict[str, pd.DataFrame], as_of: date = CLOSING, quarter: Quarter = Q3) -> AccountMeasures:
    view = view_of(as_of, tables)
    measures = measure_quarter(view, quarter)
    return measure_accounts(view, measures, list(measures.frame("accounts")["account_id"]))


@pytest.fixture(scope="module")
def whole() -> AccountMeasures:
    """A company with every table that metrics read."""
    return measured(company(30), date(2026, 3, 31), Quarter.parse("2026Q1"))


def of_a(tables: dict[str, pd.DataFrame], frame: str) -> pd.DataFrame:
    return measured({**PAID, **tables}).of("a").frame(frame)


def slow_quartiles(values: pd.Series, place: int) -> list[float]:
    others = [v for at, v in enumerate(values) if at != place and not np.isnan(v)]
    return list(np.percentile(others, [25, 50, 75])) if len(others) >= 5 else [np.nan] * 3


@given(st.lists(st.one_of(st.integers(0, 4), st.floats(0, 100), st.none()), min_size=1, max_size=14))
def test_quartiles_are_those_of_the_others_and_only_over_five_or_more(values: list[float | None]) -> None:
    n = len(values)
    frame = pd.DataFrame({"account_id": [str(k) for k in range(n)], "quarter": "2026Q3", "segment": "s"})
    frame = frame.assign(adoption_index=pd.Series(values, dtype=float), seats=0.0, breadth=0.0, regularity=0.0)
    found = beside_peers(frame)
    found = found[found["measure"] == "adoption_index"].reset_index(drop=True)
    for place in range(n):
        row = found.iloc[place]
        expected = slow_quartiles(frame["adoption_index"], place)
        np.testing.assert_allclose(row[["peers_low", "peers_median", "peers_high"]].astype(float), expected, atol=1e-9)
        others = frame["adoption_index"].drop(place)
        assert row["n_peers"] == others.notna().sum()


def test_peers_are_of_the_same_segment_and_quarter_only() -> None:
    rows = [(f"{s}{k}", q, s, 10.0 * k) for s in "xy" for q in ("2026Q2", "2026Q3") for k in range(6)]
    frame = pd.DataFrame(rows, columns=["account_id", "quarter", "segment", "adoption_index"])
    frame.loc[frame["segment"] == "y", "adoption_index"] += 1000
    found = beside_peers(frame.assign(seats=np.nan, breadth=np.nan, regularity=np.nan))
    now = found[(found["account_id"] == "x0") & (found["measure"] == "adoption_index")]
    assert now["n_peers"].tolist() == [5, 5]
    assert now["peers_median"].tolist() == [30.0, 30.0]


def test_a_goal_carries_its_value_its_source_and_its_day() -> None:
    row = {
        "account_id": "a", "criterion": "hours saved", "agreed_on": "2026-02-01", "due_on": "2026-08-01",
        "target": 120.0, "actual": 90.0, "unit": "hours", "status": "partly", "assessed_on": "2026-08-05",
        "source": "usage data",
    }  # fmt: skip
    later = {**row, "criterion": "teams", "assessed_on": "2026-10-05"}
    found = of_a({"success_plans": pd.DataFrame([row, later, {**row, "account_id": "b"}])}, "goals")
    assert found["criterion"].tolist() == ["hours saved", "teams"]
    assert found["actual"].tolist()[0] == 90 and np.isnan(found["actual"].tolist()[1])
    assert found["source"].tolist()[0] == "usage data"
    assert found["status"].isna().tolist() == [False, True]


def test_a_step_is_reached_late_waited_for_overdue_or_later() -> None:
    started = accounts("a", "b").assign(started_on=["2026-06-01", "2026-09-20"])
    rows = [("a", "kickoff", "2026-06-10"), ("a", "first_report", "2026-07-20")]
    milestones = pd.DataFrame(rows, columns=["account_id", "milestone", "reached_on"])
    found = measured({**PAID, "accounts": started, "milestones": milestones})
    assert found.of("a").frame("steps")["state"].tolist() == ["reached", "late", "overdue"]
    assert found.of("b").frame("steps")["state"].tolist() == ["waiting", "later", "later"]
    due = found.of("b").frame("steps")["due_on"]
    assert due.iloc[0] == pd.Timestamp("2026-10-04") and due.iloc[1:].isna().all()


def ticket(
    account: str, opened: str, resolved: str | None, category: str = "bug", csat: float | None = None
) -> dict[str, object]:
    return {
        "ticket_id": f"{account}{opened}", "account_id": account, "opened_at": pd.Timestamp(opened),
        "first_response_at": pd.Timestamp(opened) + pd.Timedelta(hours=2), "resolved_at": pd.Timestamp(resolved),
        "category": category, "csat": csat,
    }  # fmt: skip


def test_support_counts_the_tickets_of_the_quarter_and_takes_the_middle_of_their_hours() -> None:
    rows = [
        ticket("a", "2026-07-01 08:00", "2026-07-01 12:00", csat=5),
        ticket("a", "2026-08-01 08:00", "2026-08-01 18:00", csat=2),
        ticket("a", "2026-06-30 08:00", "2026-07-02 08:00"),
        ticket("b", "2026-08-01 08:00", "2026-08-01 08:30"),
    ]
    found = of_a({"tickets": pd.DataFrame(rows)}, "support").set_index("quarter")
    assert found["tickets"].tolist() == [0, 0, 0, 1, 2]
    now = found.loc["2026Q3"]
    assert (now["median_first_response_hours"], now["median_resolution_hours"], now["csat"], now["n_csat"]) == (
        2,
        7,
        3.5,
        2,
    )


@pytest.mark.parametrize(
    ("reviews", "code", "n"),
    [
        ([("2026-08-01", 5, 3)], "promises_open", 2),
        ([("2026-08-01", 5, 5)], "promises_kept", None),
        ([("2026-08-01", None, None)], None, None),
        ([("2026-08-01", 1, 3), ("2026-08-02", 4, 3)], "promises_open", 1),
        ([("2026-10-02", 5, 3)], None, None),
    ],
)
def test_promised_actions_count_where_they_are_known_review_by_review(
    reviews: list[tuple[object, ...]], code: str | None, n: float | None
) -> None:
    rows = [("a", day, day, promised, closed) for day, promised, closed in reviews]
    columns = ["account_id", "planned_on", "held_on", "actions_promised", "actions_closed"]
    found = of_a({"reviews": pd.DataFrame(rows, columns=columns)}, "pmbok")
    found = found[found["code"].isin(["promises_open", "promises_kept"])]
    assert found["code"].tolist() == [code] * (code is not None)
    assert n is None or found["n"].tolist() == [n]


def test_open_points_are_open_tickets_promised_actions_and_shareable_risks_only() -> None:
    risk = {"account_id": "a", "opened_on": "2026-09-01", "closed_on": None, "area": "cost", "likelihood": 0.5}
    risks = [
        {**risk, "risk_id": "1", "description": "shared", "shareable": True},
        {**risk, "risk_id": "2", "description": "secret", "shareable": False},
        {**risk, "risk_id": "3", "description": "unmarked", "shareable": None},
        {**risk, "risk_id": "4", "description": "closed", "shareable": True, "closed_on": "2026-09-20"},
        {**risk, "risk_id": "5", "description": "of another", "shareable": True, "account_id": "b"},
    ]
    reviews = pd.DataFrame(
        [["a", "2026-05-01", "2026-05-02", 3, 1], ["a", "2026-08-01", "2026-08-02", 2, 2]],
        columns=["account_id", "planned_on", "held_on", "actions_promised", "actions_closed"],
    )
    tickets = pd.DataFrame([ticket("a", "2026-09-29 08:00", None), ticket("a", "2026-09-01 08:00", "2026-09-02 08:00")])
    found = of_a({"risks": pd.DataFrame(risks).astype({"closed_on": "str", "shareable": "boolean"}),
                  "reviews": reviews, "tickets": tickets}, "open_points")  # fmt: skip
    assert found[["kind", "n"]].to_numpy().tolist() == [["action", 2.0], ["risk", 1.0], ["ticket", 1.0]]
    assert found["name"].tolist()[1:] == ["shared", "bug"]


def test_the_joint_plan_has_the_next_step_goals_not_assessed_the_next_review_and_the_renewal() -> None:
    paid = items(("a", "2026-09-10", None, 100)).assign(renews_on="2027-09-10")
    goals = [["a", "teams", "2026-09-12", "2026-09-29", None], ["a", "met", "2026-09-12", "2026-09-29", "met"]]
    plans = pd.DataFrame(goals, columns=["account_id", "criterion", "agreed_on", "due_on", "status"])
    reviews = pd.DataFrame(
        [["a", "2026-12-01", "2026-09-15"], ["a", "2027-03-01", "2026-09-15"]],
        columns=["account_id", "planned_on", "recorded_at"],
    )
    started = accounts("a").assign(started_on="2026-09-20")
    milestones = pd.DataFrame([["b", "kickoff", "2026-09-29"]], columns=["account_id", "milestone", "reached_on"])
    tables = {
        "accounts": started,
        "subscriptions": paid,
        "success_plans": plans,
        "reviews": reviews,
        "milestones": milestones,
    }
    found = measured(tables).frame("joint_plan")
    assert found["kind"].tolist() == ["goal", "milestone", "review", "renewal"]
    assert [str(day.date()) for day in found["due_on"]] == ["2026-09-29", "2026-10-04", "2026-12-01", "2027-09-10"]
    assert found["overdue"].tolist() == [True, False, False, False]


def test_an_area_is_as_its_worst_piece_says_and_unknown_without_any() -> None:
    pieces = pd.DataFrame({"area": ["cost", "cost", "scope"], "status": ["good", "act", "watch"]})
    found = status_of(pieces)
    assert list(found) == list(AREAS) and len(AREAS) == 9
    assert (found["cost"], found["scope"], found["quality"]) == ("act", "watch", "unknown")


@pytest.mark.parametrize(
    ("stances", "code", "status"),
    [
        (["champion", "neutral"], "single_thread", "watch"),
        (["champion", "supporter"], "several_for", "good"),
        (["neutral", "sceptic"], "nobody_for", "act"),
    ],
)
def test_one_supporter_alone_is_a_single_thread(stances: list[str], code: str, status: str) -> None:
    rows = [[f"c{k}", "a", "admin", 3, stance, "2026-01-01"] for k, stance in enumerate(stances)]
    contacts = pd.DataFrame(rows, columns=["contact_id", "account_id", "role", "influence", "stance", "joined_on"])
    found = of_a({"contacts": contacts}, "pmbok")
    assert found.loc[found["area"] == "stakeholder", ["code", "status"]].to_numpy().tolist() == [[code, status]]


def test_evidence_of_the_project_by_eye() -> None:
    plans = [["a", "x", "2026-01-05", "missed", "2026-06-01"], ["a", "y", "2026-01-05", "met", "2026-06-01"]]
    plans = pd.DataFrame(plans, columns=["account_id", "criterion", "agreed_on", "status", "assessed_on"])
    touches = pd.DataFrame([["v1", "a", pd.Timestamp("2026-08-01 10:00")]], columns=["activity_id", "account_id", "at"])
    found = measured({**PAID, "success_plans": plans, "activities": touches})
    a, b = (found.of(id).frame("pmbok").set_index("code") for id in "ab")
    assert status_of(found.of("a").frame("pmbok"))["scope"] == "act"
    assert a.loc[["goals_agreed", "goals_met", "goals_missed"], "n"].tolist() == [2, 1, 1]
    assert (a.loc["last_touch", "n"], a.loc["last_touch", "status"]) == (60, "watch")
    assert set(b.index) >= {"no_goal", "no_touch"}


def test_frames_have_their_promised_shape_on_a_company_with_every_table(whole: AccountMeasures) -> None:
    for name, frame in whole.frames.items():
        assert {c: str(t) for c, t in frame.dtypes.items()} == dict(INTERNAL.frames[name]), name
    assert set(whole.absent) == {"goals", "register"}
    assert set(whole.frames) | set(whole.absent) == set(INTERNAL.frames)


def test_what_is_saved_for_customers_is_read_back_for_one_account_only(whole: AccountMeasures, tmp_path: Path) -> None:
    folder = whole.for_customers().save(tmp_path / "customers")
    view = customer_view(folder, "0003")
    assert isinstance(view, CustomerView)
    for name, frame in view.frames.items():
        assert set(frame["account_id"]) <= {"0003"}
        pd.testing.assert_frame_equal(frame, CUSTOMER.shaped(name, whole.of("0003").frame(name)))
    with pytest.raises(CsworkbenchError, match="no account nobody"):
        customer_view(folder, "nobody")
    with pytest.raises(CsworkbenchError, match="missing"):
        view.frame("power_map")


def test_a_customer_view_of_the_internal_folder_still_reads_nothing_internal(
    whole: AccountMeasures, tmp_path: Path
) -> None:
    folder = whole.save(tmp_path / "accounts")
    assert set(customer_view(folder, "0003").frames) <= set(CUSTOMER.frames)
    assert "power_map" in internal_view(folder, "0003").frames


def view_with_packs(accounts_key: str) -> View:
    return view_of(CLOSING, PAID, f"{SETTINGS}\n[packs]\n{accounts_key}\n")


def test_packs_are_made_for_the_accounts_that_are_named_else_for_every_paying_one() -> None:
    for key, expected in (('accounts = ["b"]', ["b"]), ("", ["a", "b"]), ('accounts = ["b", "a", "b"]', ["b", "a"])):
        view = view_with_packs(key)
        assert chosen_accounts(measure_quarter(view, Q3)) == expected


def test_an_account_under_packs_that_is_not_there_is_an_error_that_names_it() -> None:
    view = view_with_packs('accounts = ["c"]')
    with pytest.raises(UnknownName, match='"c"'):
        chosen_accounts(measure_quarter(view, Q3))
