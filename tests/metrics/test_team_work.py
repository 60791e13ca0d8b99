"""Books, hours, repeated tickets and steps of the team: companies checked by eye, and slow second computations."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pandas as pd
import pytest
from small_company import accounts, company, items, view_of

from csworkbench.data.snapshot import View
from csworkbench.metrics.book import mrr_on, owners_on
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.team.books import at_work, books, csms, growth, month_ends, ramp
from csworkbench.metrics.team.steps import in_charge, step_rows, step_shares
from csworkbench.metrics.team.work import coverage, fires, loads, work

Q3 = Quarter.parse("2026Q3")


def assigned(*rows: tuple[str, str, str, str | None]) -> pd.DataFrame:
    """Assignments written as account, CSM, starts_on, ends_on."""
    return pd.DataFrame(rows, columns=["account_id", "csm_id", "starts_on", "ends_on"]).astype({"ends_on": "str"})


def test_the_last_days_of_months_end_with_that_of_the_closing() -> None:
    assert month_ends(date(2026, 3, 31), 3) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert len(month_ends(date(2026, 9, 30))) == 36


def test_books_are_paying_accounts_by_the_csm_in_charge_on_the_day() -> None:
    view = view_of(
        "2026-09-30",
        {
            "accounts": accounts("a", "b", "c"),
            "subscriptions": items(("a", "2026-01-01", None, 10), ("b", "2026-01-01", "2026-08-01", 20),
                                   ("c", "2026-01-01", None, 40)),
            "assignments": assigned(("a", "m", "2026-01-01", "2026-07-15"), ("a", "n", "2026-07-15", None),
                                    ("b", "m", "2026-01-01", None)),
        },
    )  # fmt: skip
    found = books(view, [date(2026, 6, 30), date(2026, 9, 30)]).sort_values(["day", "csm_id"])
    assert found[["csm_id", "n_accounts", "mrr"]].values.tolist() == [["m", 2, 30.0], ["n", 1, 10.0]]


@pytest.mark.parametrize("seed", [1, 2])
def test_books_are_those_of_owners_and_mrr_put_together(seed: int) -> None:
    view = view_of("2026-06-30", company(seed=seed))
    on = [date(2025, 3, 31), date(2026, 1, 31), date(2026, 6, 30)]
    held, owners = mrr_on(view, on), owners_on(view, on)
    oracle: Counter[tuple[pd.Timestamp, str]] = Counter()
    money: Counter[tuple[pd.Timestamp, str]] = Counter()
    for day in map(pd.Timestamp, on):
        for account_id, mrr in held[day].items():
            owner = owners[day].get(account_id)
            if mrr > 0 and isinstance(owner, str):
                oracle[day, owner] += 1
                money[day, owner] += mrr
    found = books(view, on)
    keys = list(zip(found["day"], found["csm_id"], strict=True))
    assert dict(zip(keys, found["n_accounts"], strict=True)) == oracle
    assert dict(zip(keys, found["mrr"], strict=True)) == pytest.approx(money)


def team(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    """CSMs written as id, joined_on, full-time share."""
    frame = pd.DataFrame(rows, columns=["csm_id", "joined_on", "fte"]).assign(name=lambda f: f["csm_id"])
    return frame.astype({"joined_on": "datetime64[us]", "fte": "float64"})


def held(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Books written as day, CSM, accounts."""
    frame = pd.DataFrame(rows, columns=["day", "csm_id", "n_accounts"]).assign(mrr=1.0)
    return frame.astype({"day": "datetime64[us]"})


def test_who_joined_lately_counts_without_an_account_and_who_has_left_does_not() -> None:
    known = team(("old", "2020-01-01", 1.0), ("left", "2020-01-01", 1.0), ("new", "2026-09-01", None))
    there = at_work(known, pd.Timestamp("2026-09-30"), held(("2026-09-30", "old", 12), ("2026-06-30", "left", 9)))
    assert there[["csm_id", "n_accounts", "fte"]].values.tolist() == [["old", 12, 1.0], ["new", 0, 1.0]]


def test_capacity_is_full_time_csms_times_the_policy() -> None:
    known = team(("m", "2020-01-01", 1.0), ("n", "2026-08-01", 0.5))
    by_day = held(("2026-06-30", "m", 30), ("2026-09-30", "m", 25), ("2026-09-30", "n", 8))
    found = growth(known, by_day, [Q3.previous, Q3], 20)
    assert found.values.tolist() == [["2026Q2", 30, 1.0, 20.0], ["2026Q3", 33, 1.5, 30.0]]
    assert growth(known, by_day, [Q3], None)["capacity"].isna().all()


def test_the_ramp_is_the_book_over_that_of_those_who_are_settled() -> None:
    """Settled CSMs hold 20 and 30 accounts, 25 in the middle; half a person's full book is 12.5."""
    known = team(("m", "2020-01-01", 1.0), ("n", "2020-01-01", 1.0), ("new", "2026-07-10", 0.5))
    rows = [(day, csm_id, n) for day in ("2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30")
            for csm_id, n in (("m", 20), ("n", 30))]  # fmt: skip
    found = ramp(known, held(*rows, ("2026-08-31", "new", 5), ("2026-09-30", "new", 10)))
    assert found[["csm_id", "month", "n_accounts", "full", "share"]].values.tolist() == [
        ["new", 0, 0, 12.5, 0.0],
        ["new", 1, 5, 12.5, 0.4],
        ["new", 2, 10, 12.5, 0.8],
    ]


def test_a_csm_without_a_row_in_csms_is_named_by_the_id() -> None:
    tables = company(10)
    view = view_of("2026-06-30", tables)
    found = csms(view, books(view, [date(2026, 6, 30)]), date(2026, 6, 30)).set_index("csm_id")
    assert found["name"].to_dict() == {"c1": "Ann", "c2": "c2", "c3": "c3"}
    without = view_of("2026-06-30", {name: frame for name, frame in tables.items() if name != "csms"})
    assert csms(without, books(without, [date(2026, 6, 30)]), date(2026, 6, 30))["fte"].isna().all()


ACTIVITIES = [
    ["1", "a", "m", "2026-07-01 09:00", "adoption", "proactive", 2.0],
    ["2", "a", "m", "2026-09-30 23:00", "support_desk", "reactive", 1.5],
    ["3", "b", "m", "2026-08-01 09:00", "support_desk", "reactive", 0.5],
    ["4", "b", "m", "2026-08-02 09:00", "analysis", None, 4.0],
    ["5", None, "m", "2026-08-03 09:00", None, "proactive", None],
    ["6", "a", None, "2026-08-03 09:00", "adoption", "proactive", 9.0],
    ["7", "a", "m", "2026-06-30 09:00", "adoption", "proactive", 9.0],
    ["8", "a", "m", "2026-10-01 09:00", "adoption", "proactive", 9.0],
]


def active() -> View:
    names = ["activity_id", "account_id", "csm_id", "at", "function", "direction", "hours"]
    known = accounts("a", "b").assign(touch_tier=["high", "low"])
    return view_of("2026-12-31", {"accounts": known, "activities": pd.DataFrame(ACTIVITIES, columns=names)})


def test_hours_of_a_quarter_are_those_of_its_days_and_of_csms() -> None:
    found = work(active(), [Q3])
    assert (found["hours"].sum(), found["n"].sum(), found["n_timed"].sum()) == (8.0, 5, 4)
    assert found.set_index("function").loc["adoption", ["touch_tier", "hours"]].tolist() == ["high", 2.0]


def test_the_reactive_share_is_over_hours_whose_direction_is_known() -> None:
    row = loads(work(active(), [Q3])).iloc[0]
    assert (row["hours"], row["known_hours"], row["reactive_hours"]) == (8.0, 4.0, 2.0)
    assert (row["n"], row["n_known"]) == (5, 4)


def test_out_of_policy_is_what_the_tier_does_not_name() -> None:
    found = coverage(work(active(), [Q3]), {"high": ["adoption"], "low": ["support_desk"]})
    out = found[~found["is_meant"]].set_index(["touch_tier", "function"])["hours"].to_dict()
    assert out == {("high", "support_desk"): 1.5, ("low", "analysis"): 4.0}
    assert found["hours"].sum() == 8.0
    assert coverage(work(active(), [Q3]), {"high": ["adoption"]})["hours"].sum() == 3.5


def test_a_ticket_is_repeated_when_the_account_had_one_of_the_category_in_ninety_days() -> None:
    rows = [["1", "a", "bug", "2026-06-01"], ["2", "a", "bug", "2026-08-30"], ["3", "a", "bug", "2026-09-30"],
            ["4", "b", "bug", "2026-09-30"], ["5", "b", "how_to", "2026-09-29"], ["6", "a", None, "2026-09-01"],
            ["7", "a", None, "2026-09-02"], ["8", "b", "bug", "2026-10-01"]]  # fmt: skip
    tickets = pd.DataFrame(rows, columns=["ticket_id", "account_id", "category", "opened_at"])
    view = view_of("2026-12-31", {"accounts": accounts("a", "b"), "tickets": tickets})
    found = fires(view, Q3.opening, Q3.closing).sort_values("category").values.tolist()
    assert found == [["bug", 3, 2, 2], ["how_to", 1, 0, 1]]
    later = tickets.assign(opened_at=tickets["opened_at"].replace("2026-06-01", "2026-05-31"))
    view = view_of("2026-12-31", {"accounts": accounts("a", "b"), "tickets": later})
    assert fires(view, Q3.opening, Q3.closing).set_index("category").loc["bug", "n_repeated"] == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_who_is_in_charge_on_a_day_is_whom_owners_on_names(seed: int) -> None:
    view = view_of("2026-06-30", company(seed=seed))
    known = view.table("assignments")
    first = known.groupby("account_id")["starts_on"].min()
    for day in (date(2024, 6, 30), date(2025, 3, 31), date(2026, 6, 30)):
        owners = owners_on(view, [day]).iloc[:, 0].dropna()
        ids = pd.Series(owners.index, name="account_id")
        found = in_charge(view, ids, pd.Series(pd.Timestamp(day), ids.index))
        assert found.tolist() == owners.tolist()
        early = first[first > pd.Timestamp(day)].index.to_series(index=range((first > pd.Timestamp(day)).sum()))
        later = in_charge(view, early, pd.Series(pd.Timestamp(day), early.index))
        assert later.notna().all()


def test_a_step_counts_for_the_csm_who_had_the_account_when_it_began() -> None:
    """m leads until March; step 1 of 14 days began in January, step 2 of 30 days in February, step 3 in April."""
    view = view_of(
        "2026-09-30",
        {
            "accounts": accounts("a").assign(started_on="2026-01-01"),
            "subscriptions": items(("a", "2026-01-01", None, 10)),
            "assignments": assigned(("a", "m", "2026-01-01", "2026-03-01"), ("a", "n", "2026-03-01", None)),
            "milestones": pd.DataFrame({"account_id": ["a", "a"], "milestone": ["kickoff", "first_report"],
                                        "reached_on": ["2026-02-10", "2026-04-01"]}),
        },
    )  # fmt: skip
    from csworkbench.metrics.journey import journey

    found = step_rows(view, journey(view))
    assert found[["csm_id", "step", "outcome"]].values.tolist() == [["m", 1, 0.0], ["m", 2, 0.0], ["n", 3, 0.0]]


def test_shares_of_steps_are_drawn_to_the_teams_and_carry_n() -> None:
    rows = pd.DataFrame({"csm_id": ["m"] * 8 + ["n"] * 4, "step": 1, "milestone": "kickoff",
                         "outcome": [1.0] * 8 + [1.0, 0.0, 0.0, 0.0]})  # fmt: skip
    found = step_shares(rows).set_index("csm_id")
    assert found["team"].tolist() == [0.75, 0.75]
    assert found["share"].tolist() == [1.0, 0.25]
    assert found["n_eligible"].tolist() == [8, 4]
    assert 0.25 < found.loc["n", "shrunk"] < 0.75 < found.loc["m", "shrunk"] < 1
    assert step_shares(rows.iloc[:0]).empty


def test_what_is_decided_later_does_not_change_a_past_quarter() -> None:
    tables = company(seed=4)
    late = timedelta(days=1)
    day = date(2026, 3, 31)
    more = pd.concat([tables["assignments"], assigned(("0000", "c9", str(day + late), None))])
    then, now = view_of(day, tables), view_of(day, {**tables, "assignments": more})
    pd.testing.assert_frame_equal(books(now, [day]), books(then, [day]))
