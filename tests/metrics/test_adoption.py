from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import slow_metrics as slow
from hypothesis import given
from hypothesis import strategies as st
from small_company import SETTINGS, view_of

from csworkbench.data.snapshot import View
from csworkbench.metrics.adoption import adoption, adoption_index, band_of
from csworkbench.metrics.usage import grain_days, recent_use

CLOSING = date(2026, 9, 30)
WEIGHTS = {"seats": 0.3, "breadth": 0.3, "depth": 0.2, "regularity": 0.2}
BANDS = {"low": 0.0, "medium": 40.0, "high": 70.0}
SEATS = {"a": 10, "b": 4, "c": 20}


def view_of_use(rows: list[slow.Use], text: str = SETTINGS, **more: pd.DataFrame) -> View:
    """Three paying accounts (10, 4 and 20 seats, 1 to 3 of MRR) and this usage."""
    paid = pd.DataFrame({"account_id": list(SEATS), "seats": list(SEATS.values()), "mrr": [1.0, 2.0, 3.0]})
    paid = paid.assign(subscription_id=paid["account_id"], starts_on="2025-01-01")
    use = pd.DataFrame(rows, columns=["account_id", "day", "feature", "users", "count"])
    use = use.astype({"account_id": "str", "feature": "str"}).assign(day=pd.to_datetime(use["day"]))
    known = pd.DataFrame({"account_id": list(SEATS), "segment": "smb"})
    return view_of(CLOSING, {"accounts": known, "subscriptions": paid, "usage": use, **more}, text)


def scored(rows: list[slow.Use]) -> pd.DataFrame:
    return adoption(view_of_use(rows), [CLOSING]).set_index("account_id")


_use = st.builds(
    lambda account, back, feature, users, count: slow.Use(
        account, CLOSING - timedelta(days=back), feature, users, float(count)
    ),
    st.sampled_from("abc"),
    st.integers(0, 200),
    st.sampled_from(["report", "share", "export"]),
    st.integers(0, 15),
    st.integers(0, 40),
)


@given(st.lists(_use, max_size=30, unique_by=lambda u: (u.account, u.day, u.feature)))
def test_adoption_equals_the_slow_one(rows: list[slow.Use]) -> None:
    daily = [slow.Use("not_paying", CLOSING - timedelta(days=n), "report", 9, 9.0) for n in range(5)]
    found = scored([*rows, *daily])
    expected = slow.adoption(rows, SEATS, ["report", "share"], WEIGHTS, CLOSING, 90)
    for account, (parts, index, coverage) in expected.items():
        for name, value in {**parts, "adoption_index": index, "coverage": coverage}.items():
            expected_value = np.nan if value is None else value
            assert found.loc[account, name] == pytest.approx(expected_value, nan_ok=True, abs=1e-5)


def weekly(account: str, feature: str, users: int, count: float, weeks: int = 13, first: int = 1) -> list[slow.Use]:
    days = [CLOSING - timedelta(days=7 * n + first) for n in range(weeks)]
    return [slow.Use(account, day, feature, users, count) for day in days]


def test_parts_and_index_of_a_case_small_enough_to_check_by_eye() -> None:
    rows = [slow.Use("a", CLOSING - timedelta(days=n), "report", 5, 10.0) for n in range(90)]
    rows += [slow.Use("b", CLOSING - timedelta(days=n), "share", 4, 16.0) for n in range(45)]
    rows += [slow.Use("c", CLOSING - timedelta(days=n), "export", 1, 0.0) for n in range(150, 155)]
    found = scored(rows)
    # a: 5 of 10 seats, 1 of 2 core features, 180 counts per user like b: the median, every week
    assert found.loc["a", ["seats", "breadth", "depth", "regularity"]].to_list() == [0.5, 0.5, 1.0, 1.0]
    assert found.loc["a", "adoption_index"] == pytest.approx(100 * 0.25**0.3, abs=1e-5)
    assert found.loc["a", ["band", "coverage"]].to_list() == ["medium", 1.0]
    # b: known for 45 days only, so 6 whole weeks are asked for
    assert found.loc["b", ["seats", "regularity"]].to_list() == [1.0, 1.0]
    # c: measured before, silent now
    assert found.loc["c", ["seats", "breadth", "depth", "regularity", "adoption_index"]].to_list() == [0.0] * 5


def test_an_account_never_measured_has_no_index_and_no_coverage() -> None:
    found = scored(weekly("a", "report", 5, 10.0))
    assert found.loc["c", ["seats", "breadth", "depth", "regularity", "adoption_index", "band"]].isna().all()
    assert found.loc["c", "coverage"] == 0.0


def test_a_missing_part_lowers_coverage_and_not_the_index() -> None:
    parts = pd.DataFrame({"seats": [0.5, np.nan], "breadth": [0.5, 0.5], "depth": [0.5, 0.5], "regularity": [0.5, 0.5]})
    index, coverage = adoption_index(parts, WEIGHTS)
    assert index.to_list() == [50.0, 50.0]
    assert coverage.to_list() == [1.0, 0.7]


@given(st.lists(st.none() | st.floats(0, 1), min_size=4, max_size=4))
def test_the_index_lies_between_the_worst_and_the_best_part(values: list[float | None]) -> None:
    parts = pd.DataFrame([values], columns=["seats", "breadth", "depth", "regularity"], dtype=float)
    index, coverage = adoption_index(parts, WEIGHTS)
    there = [value for value in values if value is not None]
    if there:
        assert 100 * min(there) - 1e-5 <= index[0] <= 100 * max(there) + 1e-5
    else:
        assert np.isnan(index[0])
    assert (coverage[0] == 0) == (not there)


def test_bands_begin_at_their_bound() -> None:
    index = pd.Series([0.0, 39.999999, 40.0, 70.0, 100.0, np.nan])
    assert band_of(index, BANDS).to_list()[:5] == ["low", "low", "medium", "high", "high"]
    assert band_of(index, BANDS).isna().to_list() == [False] * 5 + [True]
    assert band_of(pd.Series([5.0]), {"high": 70.0}).isna().all()


def test_seats_come_from_entitlements_before_subscriptions() -> None:
    bought = pd.DataFrame({"account_id": ["a", "a"], "feature": ["report", "export"], "seats": [50, 20]})
    found = adoption(view_of_use(weekly("a", "report", 5, 10.0), entitlements=bought), [CLOSING])
    found = found.set_index("account_id")
    assert found.loc["a", "seats"] == 0.1
    assert found.loc["a", "breadth"] == 1.0  # of the core only report was bought
    assert np.isnan(found.loc["b", "breadth"])


def test_without_users_depth_is_per_seat_and_seat_use_is_not_measured() -> None:
    rows = pd.DataFrame(weekly("a", "report", 0, 10.0) + weekly("b", "report", 0, 8.0))
    rows = (
        rows.rename(columns={"account": "account_id"})
        .drop(columns="users")
        .assign(day=lambda f: f["day"].astype("str"))
    )
    view = view_of_use([], usage=rows)
    found = adoption(view, [CLOSING]).set_index("account_id")
    assert found["seats"].isna().all()
    assert found.loc["a", "depth"] == pytest.approx((130 / 10) / np.median([130 / 10, 104 / 4]))
    assert found.loc["a", "coverage"] == pytest.approx(0.7)


def test_a_monthly_export_of_steady_use_is_regular_and_steady() -> None:
    months = [date(2025, 10, 1) + timedelta(days=n) for n in range(365)]
    rows = [slow.Use(a, day, "report", 5, 10.0) for a in "abc" for day in months if day.day == 1]
    view = view_of_use(rows)
    assert grain_days(view) == 30
    found = adoption(view, [date(2026, 3, 31), date(2026, 6, 30), CLOSING])
    assert (found["regularity"] == 1.0).all()
    for closing in (date(2026, 6, 30), CLOSING):
        used = recent_use(view, closing, 30)
        assert used["usage_90d"].to_list() == used["usage_prior_90d"].to_list() == [30.0] * 3


def test_how_often_use_is_exported_is_read_off_the_rows() -> None:
    daily = [slow.Use("a", CLOSING - timedelta(days=n), "report", 1, 1.0) for n in range(60)]
    assert grain_days(view_of_use(daily)) == 1
    assert grain_days(view_of_use(weekly("a", "report", 1, 1.0))) == 7
    assert grain_days(view_of_use([])) == 1


def test_use_before_measuring_began_is_unknown_and_not_zero() -> None:
    rows = [slow.Use("a", CLOSING - timedelta(days=n), "report", 1, 1.0) for n in range(30)]
    rows += [slow.Use("b", CLOSING - timedelta(days=n), "report", 1, 1.0) for n in range(100, 200)]
    used = recent_use(view_of_use(rows), CLOSING, 1)
    assert used.loc["a", "usage_90d"] == 30.0
    assert np.isnan(used.loc["a", "usage_prior_90d"])
    assert used.loc["b", ["usage_90d", "usage_prior_90d"]].to_list() == [0.0, 80.0]
    assert "c" not in used.index


def test_depth_is_measured_against_peers_of_the_chosen_column_once_there_are_enough() -> None:
    ids = [f"{group}{n}" for group in ("de", "jp") for n in range(5)]
    known = pd.DataFrame({"account_id": ids, "segment": "smb", "country": [name[:2] for name in ids]})
    paid = known[["account_id"]].assign(subscription_id=ids, starts_on="2025-01-01", mrr=1.0)
    use = known[["account_id"]].assign(day=pd.Timestamp(CLOSING), feature="report", users=1)
    use = use.assign(count=[10.0, 10.0, 10.0, 10.0, 5.0, 100.0, 100.0, 100.0, 100.0, 50.0])
    text = SETTINGS.replace("[adoption]", '[adoption]\npeers = "country"')
    found = adoption(view_of(CLOSING, {"accounts": known, "subscriptions": paid, "usage": use}, text), [CLOSING])
    assert found["depth"].to_list() == [1.0, 1.0, 1.0, 1.0, 0.5] * 2
    few = adoption(view_of(CLOSING, {"accounts": known, "subscriptions": paid, "usage": use.iloc[:9]}, text), [CLOSING])
    assert few["depth"].iloc[5:9].to_list() == [1.0] * 4  # four peers in use: the median of all, 10
