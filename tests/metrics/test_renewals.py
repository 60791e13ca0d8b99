from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from small_company import accounts, view_of

from csworkbench.data.snapshot import View
from csworkbench.metrics.revenue import renewals
from csworkbench.metrics.trend import renewal_rates

OPENING, CLOSING = date(2026, 6, 30), date(2026, 9, 30)
COLUMNS = ["subscription_id", "account_id", "product", "starts_on", "ends_on", "mrr", "renews_on"]


def view(as_of: str, rows: list[list[object]], offers: list[list[object]] | None = None) -> View:
    tables = {
        "accounts": accounts("a", "b"),
        "subscriptions": pd.DataFrame(rows, columns=COLUMNS).astype({"ends_on": "str", "renews_on": "str"}),
    }
    if offers is not None:
        names = ["account_id", "product", "due_mrr", "mrr", "due_on", "closed_on", "stage", "csm_call"]
        frame = pd.DataFrame(offers, columns=names).assign(kind="renewal", created_on="2026-01-01")
        tables["opportunities"] = frame.assign(opportunity_id=[f"o{n}" for n in range(len(offers))])
    return view_of(as_of, tables)


def due(view_: View) -> pd.DataFrame:
    found = renewals(view_, OPENING, CLOSING)
    return found.set_index("subscription_id", drop=False)


BOOK = [
    ["goes_on", "a", "base", "2025-08-01", None, 100.0, "2026-08-01"],
    ["cut", "b", "base", "2025-08-01", "2026-08-01", 90.0, "2026-08-01"],
    ["cut", "b", "base", "2026-08-01", None, 60.0, "2027-08-01"],
    ["left", "c", "base", "2025-08-01", "2026-08-01", 80.0, "2026-08-01"],
    ["old", "d", "base", "2025-08-01", "2026-08-01", 70.0, "2026-08-01"],
    ["new", "d", "base", "2026-08-01", None, 75.0, "2027-08-01"],
    ["other", "e", "base", "2025-08-01", "2026-08-01", 50.0, "2026-08-01"],
    ["plus", "e", "extra", "2026-08-01", None, 55.0, None],
    ["early", "f", "base", "2025-08-01", "2026-03-01", 40.0, "2026-08-01"],
    ["later", "g", "base", "2025-10-15", None, 30.0, "2026-10-15"],
]


def test_a_due_item_is_renewed_when_it_or_its_successor_holds_on_the_due_date() -> None:
    found = due(view("2026-09-30", BOOK))
    assert found["due_mrr"].to_dict() == {"goes_on": 100, "cut": 90, "left": 80, "old": 70, "other": 50}
    assert found["renewed"].to_dict() == {"goes_on": True, "cut": True, "left": False, "old": True, "other": False}
    assert found["renewed_mrr"].to_dict() == {"goes_on": 100, "cut": 60, "left": 0, "old": 75, "other": 0}


def test_rates_over_what_fell_due_are_those_computed_by_hand() -> None:
    found = renewals(view("2026-09-30", BOOK), OPENING, CLOSING).assign(quarter="2026Q3")
    rates = renewal_rates(found, CLOSING).set_index("segment").loc["all"]
    assert rates[["n_due", "n_renewed", "n_open"]].to_list() == [5, 3, 0]
    assert rates["logo_rate"] == 0.6
    assert rates["gross_rate"] == pytest.approx((100 + 60 + 70) / 390)
    assert rates["net_rate"] == pytest.approx((100 + 60 + 75) / 390)


def test_before_the_due_date_a_renewal_is_open() -> None:
    found = due(view("2026-07-15", BOOK))
    assert found["renewed"].isna().all()
    assert found["renewed_mrr"].isna().all()
    rates = renewal_rates(found.reset_index(drop=True).assign(quarter="2026Q3"), date(2026, 7, 15))
    assert rates[rates["segment"] == "all"][["n_due", "n_open"]].to_numpy().tolist() == [[5, 5]]
    assert rates["logo_rate"].isna().all()


def test_one_successor_of_two_items_is_shared_by_what_was_due() -> None:
    rows = [
        ["s1", "a", "base", "2025-08-01", "2026-08-01", 100.0, "2026-08-01"],
        ["s2", "a", "base", "2025-08-01", "2026-08-01", 50.0, "2026-08-01"],
        ["s3", "a", "base", "2026-08-01", None, 120.0, None],
    ]
    assert due(view("2026-09-30", rows))["renewed_mrr"].to_dict() == {"s1": 80.0, "s2": 40.0}


def test_an_upgrade_before_the_due_date_is_due_once_with_its_last_mrr() -> None:
    rows = [
        ["s1", "a", "base", "2025-08-01", "2026-02-01", 100.0, "2026-08-01"],
        ["s1", "a", "base", "2026-02-01", None, 130.0, "2026-08-01"],
    ]
    found = due(view("2026-09-30", rows))
    assert found["due_mrr"].to_list() == found["renewed_mrr"].to_list() == [130.0]


def test_an_opportunity_near_an_item_tells_the_call_and_is_not_counted_twice() -> None:
    offers = [["a", None, 999.0, None, "2026-08-20", None, "open", "at_risk"]]
    found = due(view("2026-09-30", BOOK, offers))
    assert len(found) == 5
    assert found.loc["goes_on", "csm_call"] == "at_risk"
    assert found.loc["goes_on", "due_mrr"] == 100


def test_an_opportunity_alone_is_due_and_settled_by_its_stage_or_by_what_is_paid() -> None:
    rows = [["s1", "a", "base", "2025-01-01", None, 100.0, None], ["s2", "b", "base", "2025-01-01", None, 70.0, None]]
    offers = [
        ["a", "base", 100.0, 110.0, "2026-08-01", "2026-07-20", "won", "commit"],
        ["b", None, None, None, "2026-08-05", None, None, None],
        ["c", None, 40.0, None, "2026-08-06", "2026-08-01", "lost", "lost"],
        ["d", None, 30.0, None, "2026-09-29", None, None, "likely"],
    ]
    found = renewals(view("2026-08-31", rows, offers), OPENING, CLOSING).set_index("account_id")
    assert found["due_mrr"].to_dict() == {"a": 100.0, "b": 70.0, "c": 40.0, "d": 30.0}
    assert found["renewed_mrr"].drop(index="d").to_dict() == {"a": 110.0, "b": 70.0, "c": 0.0}
    assert found["renewed"].isna().to_dict() == {"a": False, "b": False, "c": False, "d": True}
    assert found["subscription_id"].isna().all()


def test_an_opportunity_won_before_the_due_date_settles_the_item() -> None:
    offers = [["a", None, 100.0, 110.0, "2026-08-01", "2026-07-10", "won", "commit"]]
    found = due(view("2026-07-15", BOOK, offers))
    assert found.loc["goes_on", "renewed_mrr"] == 110.0
    assert np.isnan(found.loc["cut", "renewed_mrr"])


def test_without_renewal_dates_nothing_is_due() -> None:
    rows = [["s1", "a", "base", "2025-08-01", None, 100.0, None]]
    assert renewals(view("2026-09-30", rows), OPENING, CLOSING).empty
