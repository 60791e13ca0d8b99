from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import slow_metrics as slow
from hypothesis import given
from hypothesis import strategies as st
from small_company import accounts, items, view_of

from csworkbench.data.snapshot import View
from csworkbench.metrics import revenue
from csworkbench.metrics.book import paid_spans

OPENING, CLOSING = date(2026, 6, 30), date(2026, 9, 30)
FIRST = date(2026, 1, 1)

_item = st.builds(
    lambda account, begin, length, cents: slow.Item(
        account,
        FIRST + timedelta(days=begin),
        None if length is None else FIRST + timedelta(days=begin + length),
        cents / 100,
    ),
    st.sampled_from("abcdefgh"),
    st.integers(0, 330),
    st.none() | st.integers(0, 250),
    st.integers(0, 100_000),
)
books = st.lists(_item, max_size=30)


def view_of_items(rows: list[slow.Item], as_of: date = CLOSING) -> View:
    """A view of these items; accounts a and b are in one segment, c in another, the rest in none that is known."""
    known = pd.DataFrame({"account_id": ["a", "b", "c"], "segment": ["smb", "smb", "ent"]})
    written = [(r.account, r.starts_on.isoformat(), r.ends_on.isoformat() if r.ends_on else None, r.mrr) for r in rows]
    return view_of(as_of, {"accounts": known, "subscriptions": items(*written)})


def by_eye() -> View:
    """Five accounts, one for each movement; f does not move and g was there only before."""
    rows = items(
        ("new", "2026-08-01", None, 100.0),
        ("more", "2026-01-01", None, 50.0),
        ("more", "2026-07-10", None, 25.5),
        ("less", "2026-01-01", "2026-08-01", 80.0),
        ("less", "2026-08-01", None, 30.0),
        ("gone", "2026-01-01", "2026-09-30", 70.0),
        ("back", "2025-01-01", "2025-06-01", 10.0),
        ("back", "2026-09-30", None, 20.0),
        ("same", "2026-01-01", "2026-10-01", 5.0),
        ("past", "2025-01-01", "2026-06-30", 999.0),
    )
    return view_of(CLOSING, {"accounts": accounts("more", "gone"), "subscriptions": rows})


def test_each_account_moves_once_and_in_the_right_way() -> None:
    moved = revenue.movements(by_eye(), OPENING, CLOSING).set_index("account_id")
    assert moved.loc["new", "new"] == 100.0
    assert moved.loc["more", "expansion"] == 25.5
    assert moved.loc["less", "contraction"] == 50.0
    assert moved.loc["gone", "churn"] == 70.0
    assert moved.loc["back", "reactivation"] == 20.0
    assert moved.loc["same", list(revenue.MOVES)].sum() == 0
    assert "past" not in moved.index
    assert moved["segment"].to_dict() == {**dict.fromkeys(moved.index, "unassigned"), "more": "smb", "gone": "smb"}


def test_rates_of_the_small_table_are_those_computed_by_hand() -> None:
    moved = revenue.movements(by_eye(), OPENING, CLOSING)
    assert moved["mrr_open"].sum() == 50 + 80 + 70 + 5
    assert revenue.gross_revenue_retention(moved) == pytest.approx((50 + 30 + 5) / 205)
    assert revenue.net_revenue_retention(moved) == pytest.approx((75.5 + 30 + 5) / 205)
    assert revenue.logo_churn(moved) == 0.25
    assert revenue.quick_ratio(moved) == pytest.approx(125.5 / 120)


def test_an_item_holds_from_its_first_day_to_the_day_before_its_end() -> None:
    rows = items(("a", "2026-06-30", "2026-09-30", 10.0))
    seen = {}
    for day in ("2026-06-29", "2026-06-30", "2026-09-29", "2026-09-30"):
        view = view_of("2026-12-31", {"accounts": accounts("a"), "subscriptions": rows})
        seen[day] = revenue.mrr(view, date.fromisoformat(day))["mrr"].sum()
    assert seen == {"2026-06-29": 0, "2026-06-30": 10, "2026-09-29": 10, "2026-09-30": 0}


def test_rates_are_not_defined_where_nothing_was_there_to_keep_or_nothing_was_lost() -> None:
    nothing = revenue.movements(view_of_items([]), OPENING, CLOSING)
    assert nothing.empty
    assert np.isnan(revenue.gross_revenue_retention(nothing))
    assert np.isnan(revenue.net_revenue_retention(nothing))
    assert np.isnan(revenue.logo_churn(nothing))
    only_new = revenue.movements(view_of_items([slow.Item("a", CLOSING, None, 1.0)]), OPENING, CLOSING)
    assert np.isnan(revenue.quick_ratio(only_new))


@given(books)
def test_movements_equal_the_slow_ones_and_add_up_to_the_cent(rows: list[slow.Item]) -> None:
    moved = revenue.movements(view_of_items(rows), OPENING, CLOSING)
    # what ends after the day of the view is not known to end
    known = [r if r.ends_on is None or r.ends_on <= CLOSING else r._replace(ends_on=None) for r in rows]
    known = [r for r in known if r.starts_on <= CLOSING]
    expected = slow.movements(known, OPENING, CLOSING)
    found = moved.set_index("account_id")[["mrr_open", *revenue.MOVES, "mrr_close"]].round(4).to_dict("index")
    assert found == {account: {k: round(v, 4) for k, v in row.items()} for account, row in expected.items()}
    change = moved["new"] + moved["expansion"] + moved["reactivation"] - moved["contraction"] - moved["churn"]
    assert (moved["mrr_open"] + change - moved["mrr_close"]).abs().max() < 0.005 or moved.empty


@given(books)
def test_gross_retention_lies_between_nothing_and_all_and_never_above_net(rows: list[slow.Item]) -> None:
    moved = revenue.movements(view_of_items(rows), OPENING, CLOSING)
    gross, net = revenue.gross_revenue_retention(moved), revenue.net_revenue_retention(moved)
    assert np.isnan(gross) or (0 <= gross <= 1 and gross <= net + 1e-12)


@given(books)
def test_segments_sum_to_the_total(rows: list[slow.Item]) -> None:
    moved = revenue.movements(view_of_items(rows), OPENING, CLOSING)
    by_segment = moved.groupby("segment")[["mrr_open", *revenue.MOVES, "mrr_close"]].sum().sum()
    total = moved[["mrr_open", *revenue.MOVES, "mrr_close"]].sum()
    assert by_segment.round(4).to_dict() == total.round(4).to_dict()


@given(books, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[slow.Item], chance: object) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    first = revenue.movements(view_of_items(rows), OPENING, CLOSING)
    pd.testing.assert_frame_equal(first, revenue.movements(view_of_items(mixed), OPENING, CLOSING))


@given(books)
def test_first_and_last_paid_days_are_those_found_day_by_day(rows: list[slow.Item]) -> None:
    spans = paid_spans(view_of_items(rows, date(2026, 12, 31)))
    known = [r if r.ends_on is None or r.ends_on <= date(2026, 12, 31) else r._replace(ends_on=None) for r in rows]
    days = [FIRST + timedelta(days=n) for n in range(365)]
    paid = {a: [d for d in days if slow.mrr_on(known, d).get(a, 0) > 0] for a in "abcdefgh"}
    assert spans["first_paid_on"].to_dict() == {a: pd.Timestamp(d[0]) for a, d in paid.items() if d}
    ends = {a: pd.NaT if d[-1] == days[-1] else pd.Timestamp(d[-1] + timedelta(days=1)) for a, d in paid.items() if d}
    pd.testing.assert_series_equal(
        spans["paid_until"], pd.Series(ends, dtype="datetime64[us]"), check_names=False, check_index_type=False
    )


def handover() -> View:
    """Account `moved` changes hands on 1 August; each CSM decides something."""
    rows = pd.DataFrame(
        [
            ["s1", "moved", "2026-01-01", "2026-07-15", 100.0, None],
            ["s1", "moved", "2026-07-15", "2026-09-01", 160.0, None],
            ["s1", "moved", "2026-09-01", None, 120.0, None],
            ["s2", "gone", "2026-01-01", "2026-09-10", 70.0, "2026-07-20"],
            ["s3", "fresh", "2026-08-01", None, 40.0, None],
            ["s4", "gap", "2026-01-01", "2026-07-20", 30.0, None],
            ["s5", "gap", "2026-08-20", None, 30.0, None],
        ],
        columns=["subscription_id", "account_id", "starts_on", "ends_on", "mrr", "decided_on"],
    )
    in_charge = pd.DataFrame(
        [
            ["moved", "ann", "main", "2026-01-01", "2026-08-01"],
            ["moved", "bob", "main", "2026-08-01", None],
            ["gone", "ann", None, "2026-01-01", "2026-08-01"],
            ["gone", "bob", None, "2026-08-01", None],
            ["gone", "eve", "expert", "2026-07-01", None],
            ["fresh", "bob", "main", "2026-08-01", None],
            ["gap", "bob", "main", "2026-01-01", None],
        ],
        columns=["account_id", "csm_id", "role", "starts_on", "ends_on"],
    )
    tables = {"accounts": accounts("moved", "gone", "fresh", "gap"), "subscriptions": rows, "assignments": in_charge}
    return view_of(CLOSING, tables)


def test_each_change_is_credited_to_the_csm_of_the_day_of_the_decision() -> None:
    books_ = revenue.nnmrr(handover(), OPENING, CLOSING).set_index("owner")
    assert books_.loc["ann", ["expansion", "contraction", "churn", "nnmrr"]].to_list() == [60.0, 0.0, 70.0, -10.0]
    assert books_.loc["bob", ["expansion", "contraction", "churn", "nnmrr"]].to_list() == [0.0, 40.0, 0.0, -40.0]
    assert books_["n_accounts"].to_dict() == {"ann": 0, "bob": 3}


def test_books_of_csms_sum_to_the_movements_of_the_accounts_that_were_there() -> None:
    moved = revenue.movements(handover(), OPENING, CLOSING)
    net = moved["expansion"].sum() - moved["contraction"].sum() - moved["churn"].sum()
    assert revenue.nnmrr(handover(), OPENING, CLOSING)["nnmrr"].sum() == net == -50.0
    assert revenue.nnmrr(handover(), OPENING, CLOSING, by="segment")["nnmrr"].to_list() == [-50.0]


@given(
    books, st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("xyz"), st.integers(0, 270)), max_size=16)
)
def test_whoever_is_in_charge_the_books_sum_to_the_total(
    rows: list[slow.Item], charges: list[tuple[str, str, int]]
) -> None:
    tables = {
        "accounts": accounts("a"),
        "subscriptions": items(*[(r.account, str(r.starts_on), r.ends_on and str(r.ends_on), r.mrr) for r in rows]),
        "assignments": pd.DataFrame(
            [[a, c, str(FIRST + timedelta(days=d))] for a, c, d in charges],
            columns=["account_id", "csm_id", "starts_on"],
        ).astype("str"),
    }
    view = view_of(CLOSING, tables)
    moved = revenue.movements(view, OPENING, CLOSING)
    net = moved["expansion"].sum() - moved["contraction"].sum() - moved["churn"].sum()
    assert revenue.nnmrr(view, OPENING, CLOSING)["nnmrr"].sum() == pytest.approx(net, abs=0.005)
