"""Concentration, promises, profiles, tenure, losses and responses, against cases small enough to check by eye."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from small_company import view_of

from csworkbench.metrics.business.commitments import commitments, overdue, promised
from csworkbench.metrics.business.concentration import concentration, groups, roots
from csworkbench.metrics.business.differences import median_difference, median_error, share_difference
from csworkbench.metrics.business.losses import loss_reasons, lost_accounts, lost_calls, named
from csworkbench.metrics.business.profile import profile
from csworkbench.metrics.business.responses import cases, responses
from csworkbench.metrics.business.tenure import BANDS, account_months, months_after, tenure_hazard
from csworkbench.metrics.calendar import Quarter, quarters_back
from csworkbench.metrics.frames import empty

QUARTER = Quarter.parse("2026Q1")
AS_OF = QUARTER.closing


def frame(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


def accounts_of(*ids: str, **more: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"account_id": list(ids), "segment": ["smb"] * len(ids), **more})


def items(*rows: tuple[str, str, str | None, float]) -> pd.DataFrame:
    """Subscriptions: account_id, starts_on, ends_on, mrr."""
    named = [(f"{account}-{at}", account, *rest) for at, (account, *rest) in enumerate(rows)]
    return frame("subscription_id account_id starts_on ends_on mrr", *named)


# concentration


def owned(*mrr: float, segment: str = "smb") -> pd.DataFrame:
    rows = [("2026Q1", segment, "group", f"g{at}", amount) for at, amount in enumerate(mrr)]
    return frame("quarter segment unit owner mrr", *rows)


def test_hhi_of_shares_of_one_half_and_two_quarters_is_3750() -> None:
    found = concentration(owned(50, 25, 25)).set_index("segment").loc["all"]
    assert (found["n"], found["mrr"], found["hhi"]) == (3, 100, pytest.approx(3750))
    assert found[["top_1", "top_5", "top_10"]].to_list() == [0.5, 1.0, 1.0]


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=30), st.integers(2, 5))
@settings(max_examples=30, deadline=None)
def test_concentration_lies_between_equal_shares_and_one_owner(mrr: list[float], times: int) -> None:
    found = concentration(owned(*mrr)).iloc[0]
    assert 10_000 / len(mrr) <= found["hhi"] * (1 + 1e-9)
    assert found["hhi"] <= 10_000 * (1 + 1e-9)
    assert found["top_1"] <= found["top_5"] + 1e-12
    scaled = concentration(owned(*(times * amount for amount in mrr))).iloc[0]
    assert scaled["hhi"] == pytest.approx(found["hhi"])


def test_an_account_counts_under_the_parent_at_the_top() -> None:
    parents = {"a": None, "b": "a", "c": "b", "d": "gone", "e": "f", "f": "e", "g": "e"}
    assert roots(parents) == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "e", "f": "e", "g": "e"}


def test_the_parts_of_a_group_add_up_and_only_twenty_are_listed() -> None:
    rows = [("smb", f"g{at:02}", 10.0) for at in range(25)] + [("smb", "g00", 5.0), ("mid", "g00", 1.0)]
    found = groups(frame("segment owner mrr", *rows), {"g00": "Aster"})
    whole = found[found["segment"] == "all"]
    assert len(whole) == 20
    assert whole.iloc[0][["group_id", "name", "n_accounts", "mrr"]].to_list() == ["g00", "Aster", 3, 16.0]
    assert whole.iloc[0]["share"] == pytest.approx(16 / 256)
    assert found[found["segment"] == "mid"]["share"].to_list() == [1.0]


# differences


def test_newcombe_s_example_of_two_shares() -> None:
    found = share_difference(56, 70, 48, 80)
    assert [round(value, 4) for value in found] == [0.2, 0.0524, 0.3339]


def test_the_error_of_a_median_is_that_of_its_order_statistics() -> None:
    values = np.array([1.0, 2, 4, 7, 9, 12, 20, 21, 400])
    z = stats.norm.ppf(1 - stats.binom.cdf(1, 9, 0.5))
    assert median_error(values) == pytest.approx((21 - 2) / (2 * z))


@given(st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=40), st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=40))
@settings(max_examples=40, deadline=None)
def test_the_interval_of_a_difference_holds_it_and_turns_with_the_sides(a: list[float], b: list[float]) -> None:
    difference, low, high = median_difference(np.array(a), np.array(b))
    assert low <= difference <= high
    assert median_difference(np.array(b), np.array(a)) == pytest.approx((-difference, -high, -low))


def test_an_empty_side_has_no_difference() -> None:
    assert all(math.isnan(value) for value in share_difference(0, 0, 1, 2))
    assert all(math.isnan(value) for value in median_difference(np.array([]), np.array([1.0, 2])))


def test_a_profile_compares_each_segment_with_the_others_and_hides_small_ones() -> None:
    rows = [("a", 100.0 + at, "Pro") for at in range(6)] + [("b", 10.0 + at, "Starter") for at in range(6)]
    rows += [("tiny", 1.0, "Pro")] * 4
    found = frame("segment mrr plan", *rows).assign(
        employees=np.nan, tenure_months=12.0, adoption_index=np.nan, touches=np.nan, touch_tier=None, industry=None
    )
    table = profile(found).set_index(["segment", "aspect", "value"])
    here = table.loc[("a", "mrr", "")]
    assert here[["n", "n_rest", "here", "rest"]].to_list() == [6, 10, 102.5, 10.5]
    assert here["low"] > 0
    assert table.loc[("a", "plan", "Pro")][["here", "rest"]].to_list() == [1.0, 0.4]
    assert table.loc["tiny"][["here", "rest", "difference", "low", "high"]].isna().all().all()
    assert "employees" not in table.index.get_level_values("aspect")


# tenure


def spans(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    found = frame("account_id first_paid_on paid_until", *rows).set_index("account_id")
    return found.astype("datetime64[us]")


def slow_account_months(paid: pd.DataFrame, closing: date) -> set[tuple[str, int, bool]]:
    end = pd.Timestamp(closing) + pd.Timedelta(days=1)
    since, found = end - pd.DateOffset(months=24), set()
    for account, row in paid.iterrows():
        for month in range(1, 200):
            first = row["first_paid_on"] + pd.DateOffset(months=month - 1)
            last = row["first_paid_on"] + pd.DateOffset(months=month)
            if first >= since and last <= end and not row["paid_until"] <= first:
                found.add((str(account), month, bool(row["paid_until"] <= last)))
    return found


days = st.dates(date(2020, 1, 1), date(2026, 3, 20))


@given(st.lists(st.tuples(days, st.integers(1, 1500) | st.none()), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_months_of_tenure_are_those_of_a_slow_count(rows: list[tuple[date, int | None]]) -> None:
    ends = [None if n is None else pd.Timestamp(day) + pd.Timedelta(days=n) for day, n in rows]
    late = pd.Timestamp(AS_OF) + pd.Timedelta(days=1)
    texts = [None if end is None or end > late else f"{end:%Y-%m-%d}" for end in ends]
    paid = spans(
        *((f"a{at}", f"{day:%Y-%m-%d}", end) for at, ((day, _), end) in enumerate(zip(rows, texts, strict=True)))
    )
    found = account_months(paid, AS_OF)
    assert set(found.itertuples(index=False, name=None)) == slow_account_months(paid, AS_OF)


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    found = months_after(np.array(["2024-01-31", "2023-01-31"], dtype="datetime64[D]"), 1)
    assert [str(day) for day in found] == ["2024-02-29", "2023-02-28"]


def test_an_account_that_leaves_after_a_year_leaves_in_its_twelfth_month() -> None:
    paid = spans(*((f"a{at}", "2025-01-10", "2026-01-10" if at < 2 else None) for at in range(6)))
    found = tenure_hazard(account_months(paid, AS_OF), pd.Series("smb", paid.index)).set_index(["segment", "band"])
    year = found.loc[("all", BANDS.index((10, 12)))]
    assert year[["n_accounts", "months", "n_left"]].to_list() == [6, 18, 2]
    assert year["hazard"] == pytest.approx(2 / 18)
    later = found.loc[("smb", BANDS.index((13, 18)))]
    assert (later["n_accounts"], later["n_left"]) == (4, 0)
    assert math.isnan(later["hazard"])
    assert found.loc["all"]["months"].sum() == found.loc["smb"]["months"].sum()


# promises

REVIEWS = frame(
    "account_id planned_on held_on actions_promised actions_closed",
    ("a", "2025-11-01", "2025-11-03", 4, 3),
    ("b", "2025-12-01", "2025-12-01", 2, 5),
    ("a", "2026-02-01", "2026-02-05", 1, 0),
    ("b", "2026-03-01", None, None, None),
    ("c", "2025-08-01", "2025-08-01", 9, 0),
    ("c", "2025-11-01", "2025-11-05", 7, None),
)
PLANS = frame(
    "account_id criterion agreed_on due_on status assessed_on",
    ("a", "hours", "2025-06-01", "2026-01-31", "met", "2026-01-20"),
    ("a", "teams", "2025-06-01", "2026-02-28", "partly", "2026-02-20"),
    ("b", "forms", "2025-06-01", "2026-03-31", "open", None),
    ("b", "later", "2025-06-01", "2026-05-31", "open", None),
)
RISKS = frame(
    "risk_id account_id opened_on closed_on description",
    ("r1", "a", "2025-10-01", "2026-02-01", "Price"),
    ("r2", "b", "2025-10-01", None, "Price"),
    ("r3", "b", "2026-01-05", None, "New"),
    ("r4", "c", "2025-10-01", "2025-12-01", "Old"),
)


def promises(**tables: pd.DataFrame) -> pd.DataFrame:
    found = promised(view_of(AS_OF, {"accounts": accounts_of("a", "b", "c"), **tables}), QUARTER)
    return found.assign(segment="smb")


def test_what_became_of_every_promise_of_the_quarter() -> None:
    found = commitments(promises(reviews=REVIEWS, success_plans=PLANS, risks=RISKS))
    counts = found[found["segment"] == "all"].set_index("kind")[["n", "n_kept", "n_partly", "n_missed", "n_open"]]
    assert counts.loc["action"].to_list() == [6, 5, 0, 0, 1]
    assert counts.loc["review"].to_list() == [2, 1, 0, 0, 1]
    assert counts.loc["criterion"].to_list() == [3, 1, 1, 0, 1]
    assert counts.loc["risk"].to_list() == [2, 1, 0, 0, 1]


def test_every_promise_is_kept_partly_kept_missed_or_open() -> None:
    found = promises(reviews=REVIEWS, success_plans=PLANS, risks=RISKS)
    assert (found[["n_kept", "n_partly", "n_missed", "n_open"]].sum(axis=1) == found["n"]).all()


def test_overdue_are_open_promises_to_customers_and_no_risks() -> None:
    found = overdue(promises(reviews=REVIEWS, success_plans=PLANS, risks=RISKS)).sort_values(["account_id", "kind"])
    rows = list(found[["account_id", "kind", "n"]].itertuples(index=False, name=None))
    assert rows == [("a", "action", 1), ("b", "criterion", 1), ("b", "review", 1)]


def test_promises_of_one_table_are_counted_without_the_others() -> None:
    assert set(promises(risks=RISKS)["kind"]) == {"risk"}
    assert promises(reviews=REVIEWS.iloc[:0]).empty


# losses


def test_reasons_count_accounts_that_left_in_four_quarters_and_those_without_a_reason() -> None:
    moves = frame("quarter account_id segment churn", ("2025Q1", "old", "smb", 9.0), ("2025Q3", "a", "smb", 5.0),
                  ("2026Q1", "b", "smb", 7.0), ("2026Q1", "c", "smb", 0.0), ("2026Q1", "d", "mid", 1.0))  # fmt: skip
    factors = frame("account_id named_on event factor preventable", ("a", "2025-09-01", "churn", "price", True),
                    ("a", "2025-09-02", "churn", "use", None), ("b", "2025-09-01", "expansion", "price", None),
                    ("d", "2023-01-01", "churn", "price", None))  # fmt: skip
    quarters = quarters_back(QUARTER, 4)
    view = view_of(AS_OF, {"accounts": accounts_of("a", "b", "c", "d"), "factors": factors})
    found = loss_reasons(lost_accounts(moves, quarters), named(view, quarters)).set_index(["segment", "reason"])
    assert found.loc[("all", "price")][["n", "n_lost", "mrr", "n_preventable"]].to_list() == [1, 3, 5.0, 1]
    assert found.loc[("all", "")][["n", "mrr"]].to_list() == [2, 8.0]
    assert found["share"].isna().all()


def test_shares_of_reasons_are_shown_from_five_accounts_on() -> None:
    lost = frame("account_id segment mrr", *((f"a{at}", "smb", 1.0) for at in range(5)))
    reasons = frame("account_id reason preventable", ("a0", "price", 0), ("a1", "price", 1))
    found = loss_reasons(lost, reasons).set_index(["segment", "reason"])
    assert found.loc[("all", "price"), "share"] == pytest.approx(0.4)
    assert found.loc[("all", "price"), "low"] == pytest.approx(0.1176, abs=1e-3)


def test_lost_renewals_are_counted_by_what_the_csm_had_called() -> None:
    rows = [
        ("o1", "a", "renewal", "2026-02-01", "lost", "commit", 5.0),
        ("o2", "a", "renewal", "2026-02-01", "won", "commit", 5.0),
        ("o3", "b", "upsell", "2026-02-01", "lost", "commit", 5.0),
        ("o4", "b", "renewal", "2025-02-01", "lost", "lost", 5.0),
        ("o5", "b", "renewal", "2026-03-01", "lost", None, None),
    ]
    offers = frame("opportunity_id account_id kind closed_on stage csm_call due_mrr", *rows).assign(
        created_on="2025-01-01"
    )
    view = view_of(AS_OF, {"accounts": accounts_of("a", "b"), "opportunities": offers})
    found = lost_calls(view, quarters_back(QUARTER, 4), pd.Series("smb", ["a", "b"]))
    whole = found[found["segment"] == "all"].set_index("csm_call")
    assert whole["n"].to_dict() == {"": 1, "commit": 1}
    assert whole["mrr"].to_dict() == {"": 0.0, "commit": 5.0}


# responses


def test_accounts_with_a_sign_are_compared_from_thirty_days_on() -> None:
    """One detractor called, one not, one gone before the thirty days, one without a sign."""
    accounts = accounts_of("called", "waited", "gone", "calm", started_on=["2024-01-01"] * 4)
    subscriptions = items(("called", "2024-01-01", None, 10.0), ("waited", "2024-01-01", "2026-03-01", 20.0),
                          ("gone", "2024-01-01", "2026-01-10", 30.0), ("calm", "2024-01-01", None, 40.0))  # fmt: skip
    surveys = frame("account_id contact_id answered_on kind score", *((id, "p", "2025-12-01", "nps", 2) for id in
                    ("called", "waited", "gone")), ("calm", "p", "2025-12-01", "nps", 10))  # fmt: skip
    touches = [("v1", "called", "2026-01-20 10:00", "proactive"), ("v2", "waited", "2026-02-20 10:00", "proactive")]
    touches.append(("v3", "waited", "2026-01-20 10:00", "reactive"))
    activities = frame("activity_id account_id at direction", *touches)
    tables = {"accounts": accounts, "subscriptions": subscriptions, "surveys": surveys, "activities": activities}
    found = cases(view_of(AS_OF, tables), [QUARTER], empty("adoption")).set_index("account_id")
    assert found["acted"].to_dict() == {"called": True, "waited": False}
    assert found["signals"].to_dict() == {"called": ["detractor"], "waited": ["detractor"]}
    table = responses(found.reset_index(), pd.Series("smb", accounts["account_id"])).set_index(
        ["segment", "signal", "acted"]
    )
    assert table.loc[("all", "any", False)][["n", "n_lost", "mrr", "mrr_after"]].to_list() == [1, 1, 20.0, 0.0]
    assert table.loc[("smb", "detractor", True)][["n", "n_lost"]].to_list() == [1, 0]
    assert table["share_lost"].isna().all()


def test_without_a_sign_there_is_nothing_to_compare() -> None:
    tables = {
        "accounts": accounts_of("a", started_on=["2024-01-01"]),
        "subscriptions": items(("a", "2024-01-01", None, 1.0)),
    }
    activities = frame("activity_id account_id at direction", ("v1", "a", "2026-01-20 10:00", "proactive"))
    found = cases(view_of(AS_OF, {**tables, "activities": activities}), [QUARTER], empty("adoption"))
    assert responses(found, pd.Series("smb", ["a"])).empty
