from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import slow_metrics as slow
from hypothesis import given
from hypothesis import strategies as st
from small_company import accounts, company, items, view_of
from test_revenue import books, view_of_items

from csworkbench.data.snapshot import View
from csworkbench.errors import CsworkbenchError
from csworkbench.metrics import cohorts

END = date(2026, 9, 15)
RETAINED_1997_01 = "7846 1157 964 810 679 736 720 582 559 594 673 634 528 511 664 472 497 498"


@pytest.fixture(scope="module")
def purchases(real_data: Path) -> pd.DataFrame:
    names = ["account_id", "day", "discs", "value"]
    file = real_data / "cdnow" / "CDNOW_master.txt"
    frame = pd.read_csv(file, sep=r"\s+", skiprows=1, names=names, dtype={"account_id": "str"}, engine="c")
    return frame.assign(day=pd.to_datetime(frame["day"].astype("str"), format="%Y%m%d"))


@pytest.fixture(scope="module")
def shop(purchases: pd.DataFrame) -> View:
    ids = pd.DataFrame({"account_id": purchases["account_id"].unique()})
    use = purchases.rename(columns={"value": "count"})[["account_id", "day", "count"]].assign(feature="purchase")
    return view_of("1998-06-30", {"accounts": ids, "subscriptions": items(), "usage": use})


def test_cdnow_first_cohort_is_retained_as_published(shop: View) -> None:
    triangle = cohorts.retention(shop, unit="logo", cohort="month", events="purchase")
    first = triangle[triangle["cohort"] == "1997-01"]
    assert " ".join(first["value"].astype(int).astype(str)) == RETAINED_1997_01
    assert triangle[triangle["period"] == 0].set_index("cohort")["n"].to_dict() == {
        "1997-01": 7846,
        "1997-02": 8476,
        "1997-03": 7248,
    }


def test_cdnow_first_cohorts_spent_what_was_published(shop: View, purchases: pd.DataFrame) -> None:
    triangle = cohorts.retention(shop, unit="revenue", cohort="month", events="purchase")
    first = triangle[triangle["cohort"] == "1997-01"].set_index("period")
    assert first.loc[0, "value"] == 299060.17
    by_month = triangle.assign(month=pd.PeriodIndex(triangle["cohort"], freq="M") + triangle["period"].to_numpy())
    sold = by_month.groupby("month")["value"].sum()
    assert sold.iloc[:3].round(2).to_list() == [299060.17, 379590.03, 393155.27]
    assert sold.sum() == pytest.approx(purchases["value"].sum())


def test_transactions_without_a_workspace_give_the_same_triangle(shop: View, purchases: pd.DataFrame) -> None:
    for rule in ("on", "on_or_after", "rolling"):
        direct = cohorts.retention_of(purchases, date(1998, 6, 30), rule=rule)
        pd.testing.assert_frame_equal(direct, cohorts.retention(shop, rule=rule, events="purchase"))


def test_the_three_rules_on_a_table_small_enough_to_check_by_eye() -> None:
    view = view_of(
        "2026-05-10",
        {
            "accounts": accounts("stays", "breaks", "leaves"),
            "subscriptions": items(
                ("stays", "2026-01-10", None, 10.0),
                ("breaks", "2026-01-20", "2026-02-20", 20.0),
                ("breaks", "2026-03-20", None, 30.0),
                ("leaves", "2026-01-01", "2026-03-31", 40.0),
            ),
        },
    )

    def values(unit: cohorts.Unit, rule: cohorts.Rule) -> list[float]:
        return cohorts.retention(view, unit, rule)["value"].to_list()

    # January to April are over, May is not
    assert values("logo", "on") == pytest.approx([3, 2, 2, 2, np.nan], nan_ok=True)
    assert values("logo", "on_or_after") == pytest.approx([3, 3, 2, 2, np.nan], nan_ok=True)
    assert values("logo", "rolling") == pytest.approx([3, 2, 1, 1, np.nan], nan_ok=True)
    assert values("revenue", "on") == pytest.approx([70, 50, 40, 40, np.nan], nan_ok=True)
    assert values("revenue", "rolling") == pytest.approx([70, 50, 10, 10, np.nan], nan_ok=True)
    last = cohorts.retention(view).iloc[-1]
    assert (last["n"], last["n_mature"], last["mature"]) == (3, 0, False)
    assert np.isnan(last["share"])
    assert cohorts.retention(view, "revenue")["share"].iloc[2] == pytest.approx(40 / 70)


def _starts(rows: list[slow.Item]) -> dict[str, date]:
    days = [END - timedelta(days=n) for n in range(400, -1, -1)]
    first = {a: [d for d in days if slow.mrr_on(rows, d).get(a, 0) > 0] for a in "abcdefgh"}
    return {a: d[0] for a, d in first.items() if d}


@given(books, st.sampled_from(["on", "on_or_after", "rolling"]), st.booleans())
def test_retention_equals_the_slow_one(rows: list[slow.Item], rule: cohorts.Rule, money: bool) -> None:
    known = [r if r.ends_on is None or r.ends_on <= END else r._replace(ends_on=None) for r in rows]
    known = [r for r in known if r.starts_on <= END]
    starts = _starts(known)
    spans = slow.months(date(2025, 12, 1), END)
    active = {a: {label: slow.mrr_on(known, last).get(a, 0.0) for label, _, last in spans} for a in starts}
    expected = slow.retention(starts, active, END, rule, money=money)
    found = cohorts.retention(view_of_items(rows, END), "revenue" if money else "logo", rule)
    cells = {
        (str(row.cohort), int(row.period)): (int(row.n), float(row.value) if row.mature else None)
        for row in found.itertuples()
    }
    assert cells == expected


def test_use_counts_from_the_month_of_the_first_paid_day_and_unmeasured_accounts_are_left_out() -> None:
    use = pd.DataFrame(
        [
            ["a", "2026-01-05", 1],
            ["a", "2026-03-01", 2],
            ["b", "2026-01-05", 3],
            ["b", "2026-02-05", 0],
            ["d", "2026-02-05", 7],
        ],
        columns=["account_id", "day", "count"],
    ).assign(feature="report")
    paid = items(("a", "2026-01-01", None, 1.0), ("b", "2026-01-01", None, 1.0), ("c", "2026-01-01", None, 1.0))
    view = view_of("2026-03-31", {"accounts": accounts("a", "b", "c"), "subscriptions": paid, "usage": use})
    triangle = cohorts.retention(view, "usage")
    assert triangle["n"].to_list() == [2, 2, 2]
    assert triangle["value"].to_list() == [2, 0, 1]
    assert cohorts.retention(view, "usage", "on_or_after")["value"].to_list() == [2, 1, 1]


def test_groups_sum_to_the_whole_and_quarters_hold_their_months() -> None:
    view = view_of("2026-03-31", company())
    whole = cohorts.retention(view, cohort="quarter", periods=6)
    split = cohorts.retention(view, cohort="quarter", periods=6, by="segment")
    summed = split.groupby(["cohort", "period"])[["n", "n_mature"]].sum()
    pd.testing.assert_frame_equal(summed, whole.set_index(["cohort", "period"])[["n", "n_mature"]])
    assert whole["cohort"].iloc[0] == "2024Q1"
    monthly = cohorts.retention(view, cohort="month")
    assert monthly[monthly["period"] == 0]["n"].sum() == whole[whole["period"] == 0]["n"].sum()


def test_an_unknown_unit_rule_or_split_names_what_there_is() -> None:
    view = view_of_items([slow.Item("a", END, None, 1.0)])
    with pytest.raises(CsworkbenchError, match='unit of retention "logos"'):
        cohorts.retention(view, "logos")  # type: ignore[arg-type]
    with pytest.raises(CsworkbenchError, match="rolling"):
        cohorts.retention(view, "logo", "rollin")  # type: ignore[arg-type]
    with pytest.raises(CsworkbenchError, match="segment"):
        cohorts.retention(view, by="segmnt")


def test_no_account_gives_no_row() -> None:
    assert cohorts.retention(view_of_items([])).empty
    assert cohorts.retention_of(pd.DataFrame({"account_id": [], "day": [], "value": []}), END).empty
