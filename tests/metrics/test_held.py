"""Money and seats on many days at once: the same as adding up each day's items by themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
import slow_metrics as slow
from hypothesis import given
from hypothesis import strategies as st
from small_company import accounts, items, view_of

from csworkbench.metrics.book import mrr_on, seats_on

END = date(2026, 6, 30)
_day = st.integers(0, 60).map(lambda back: END - timedelta(days=back))
_item = st.builds(
    lambda account, starts_on, length, mrr: slow.Item(
        account, starts_on, None if length is None else starts_on + timedelta(days=length), mrr
    ),
    st.sampled_from("abc"),
    _day,
    st.none() | st.integers(0, 40),
    st.sampled_from([0.0, 0.1, 0.2, 7.35, 1e13, 99_999_999.99]),
)


@given(st.lists(_item, min_size=1, max_size=12), st.lists(_day, min_size=1, max_size=5, unique=True))
def test_mrr_of_many_days_is_that_of_each_day_and_exactly_nothing_once_all_is_over(
    rows: list[slow.Item], days: list[date]
) -> None:
    given_items = items(*((r.account, str(r.starts_on), str(r.ends_on) if r.ends_on else None, r.mrr) for r in rows))
    found = mrr_on(view_of(END, {"accounts": accounts("a", "b", "c"), "subscriptions": given_items}), days)
    for day in days:
        slow_one = {account: mrr for account, mrr in slow.mrr_on(rows, day).items() if mrr != 0}
        paid = found[pd.Timestamp(day)]
        assert paid[paid != 0].to_dict() == pytest.approx(slow_one, rel=1e-12, abs=1e-2)
        assert set(paid[paid != 0].index) == set(slow_one)


def test_seats_of_one_product_add_up_and_the_product_with_most_counts() -> None:
    rows = [
        ("a", "crm", "2026-01-01", None, 10),
        ("a", "crm", "2026-03-01", None, 5),
        ("a", "desk", "2026-02-01", "2026-04-01", 14),
        ("b", None, "2026-01-01", None, None),
        ("c", None, "2026-01-01", "2026-03-01", 3),
    ]
    bought = pd.DataFrame(rows, columns=["account_id", "product", "starts_on", "ends_on", "seats"])
    bought = bought.assign(subscription_id=[str(n) for n in bought.index], mrr=1.0)
    bought = bought.astype({"product": "str", "ends_on": "str", "seats": "Int64"})
    view = view_of(END, {"accounts": accounts("a", "b", "c"), "subscriptions": bought})
    found = seats_on(view, [date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 1), date(2026, 4, 1)])
    assert found.index.to_list() == ["a", "c"]
    assert found.loc["a"].to_list() == [10, 14, 15, 15]
    assert found.loc["c"].fillna(-1).to_list() == [3, 3, -1, -1]
