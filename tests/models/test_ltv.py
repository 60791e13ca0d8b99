from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from databases import snapshot_of
from quarterly_company import SETTINGS

from csworkbench.data.settings import parse_settings
from csworkbench.data.snapshot import View
from csworkbench.models.forecasts.ltv import life_table, ltv, reason_against, survival


def view_of(items: list[tuple[str, str, str | None, float]], as_of: str = "2026-09-30") -> View:
    """items: account, starts_on, ends_on, mrr."""
    frame = pd.DataFrame(items, columns=["account_id", "starts_on", "ends_on", "mrr"]).astype({"ends_on": "str"})
    frame = frame.assign(subscription_id=[f"s{k}" for k in range(len(items))])
    accounts = pd.DataFrame({"account_id": sorted(set(frame["account_id"])), "segment": "smb"})
    return snapshot_of({"accounts": accounts, "subscriptions": frame}, parse_settings(SETTINGS)).as_of(as_of)


STAYING = [(f"a{k}", "2024-10-01", None, 100.0) for k in range(6)]
LEAVING = [(f"b{k}", "2024-10-01", "2025-04-01", 100.0) for k in range(6)]


def test_the_life_table_counts_watched_months_and_exits_by_year_of_tenure() -> None:
    table = life_table(view_of([*STAYING, *LEAVING])).set_index("band")
    assert table["exits"].tolist() == [6, 0, 0, 0]
    assert table["months"].tolist() == pytest.approx(
        [6 * 12 + 6 * 182 / (365.25 / 12), 6 * (730 / (365.25 / 12) - 12), 0, 0]
    )


def test_time_before_the_window_is_not_watched() -> None:
    table = life_table(view_of([("a", "2020-10-01", None, 100.0), ("b", "2020-10-01", "2023-05-01", 50.0)])).set_index(
        "band"
    )
    assert table["months"].tolist() == pytest.approx([0, 0, 0, 24], abs=0.05)
    assert table["exits"].sum() == 0


def test_a_constant_rate_gives_the_geometric_value() -> None:
    rate, months = 0.03, np.arange(60)
    assert survival(np.full((1, 4), rate))[0] == pytest.approx(np.exp(-rate * months))


def test_the_rate_of_a_later_year_counts_from_that_year_on() -> None:
    curve = survival(np.array([[0.0, 0.1, 0.0, 0.0]]))[0]
    assert curve[[0, 12, 13, 24, 59]] == pytest.approx(np.exp([0, 0, -0.1, -1.2, -1.2]))


def test_ltv_is_mrr_times_expected_months_without_a_discount() -> None:
    row = ltv(view_of([*STAYING, *LEAVING])).set_index("segment").loc["smb"]
    assert row["ltv"] == pytest.approx(row["mrr_per_account"] * row["expected_months"])
    assert row["low"] < row["ltv"] < row["high"]
    assert (row["n_accounts"], row["n_left"], row["mrr_per_account"]) == (6, 6, 100)


def test_a_discount_lowers_the_value_and_scaling_the_currency_scales_it() -> None:
    items = [*STAYING, *LEAVING]
    plain, discounted = ltv(view_of(items)), ltv(view_of(items), discount_per_year=0.1)
    assert (discounted["ltv"] < plain["ltv"]).all()
    scaled = ltv(view_of([(a, s, e, mrr * 150) for a, s, e, mrr in items]))
    assert scaled[["ltv", "low", "high"]].to_numpy() == pytest.approx(plain[["ltv", "low", "high"]].to_numpy() * 150)


def test_fewer_than_five_accounts_have_no_value() -> None:
    row = ltv(view_of([*STAYING[:4], *LEAVING])).iloc[0]
    assert np.isnan(row["ltv"]) and row["n_accounts"] == 4


def test_too_few_exits_are_a_reason() -> None:
    assert reason_against(view_of(STAYING)) == "only 0 accounts left in the last 24 months; 5 are needed"
    assert reason_against(view_of([*STAYING, *LEAVING])) == ""
