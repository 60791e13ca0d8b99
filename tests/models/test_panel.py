"""The panel holds what was known at each month's end, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from late_company import _OCCURRED, late_company, snapshot
from slow_panel import slow_features

from csworkbench.models.panel import Panel, build_panel
from csworkbench.models.panel.months import snapshot_days

UNTIL = date(2025, 11, 30)
CUT = date(2025, 3, 31)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return late_company()


@pytest.fixture(scope="module")
def panel(tables) -> Panel:
    return build_panel(snapshot(tables), UNTIL, 20)


@pytest.fixture(scope="module")
def slowly(tables) -> Callable[[date], pd.DataFrame]:
    """The features of a day, computed slowly, once per day."""
    known = snapshot(tables)
    return cache(lambda day: slow_features(known, day))


def of_day(panel: Panel, day: date) -> pd.DataFrame:
    return panel.rows[panel.rows["month_end"] == pd.Timestamp(day)].set_index("account_id")


@pytest.mark.parametrize("day", [*snapshot_days(UNTIL, 20)[1::6], UNTIL])
def test_every_feature_equals_a_slow_computation_from_the_view_of_that_day(panel, slowly, day):
    fast, slow = of_day(panel, day), slowly(day)
    assert list(fast.index) == list(slow.index)
    for name in slow.columns.intersection(fast.columns):
        if fast[name].dtype.kind == "f":
            np.testing.assert_allclose(
                fast[name].to_numpy(dtype=float),
                slow[name].to_numpy(dtype=float),
                rtol=2e-5,
                atol=1e-5,
                err_msg=f"{name} on {day}",
            )
        else:
            assert fast[name].fillna("-").tolist() == slow[name].fillna("-").tolist(), f"{name} on {day}"


def test_the_slow_computation_covers_all_features_but_those_of_other_accounts_and_of_tables_without_rows(panel, slowly):
    slow = slowly(UNTIL)
    others = {"peer_churn_3m", "csm_churn_12m", "csm_experience_months", "billing_months", "urgent_30d", "urgent_90d"}
    assert set(panel.features) - set(slow.columns) == others | {"touch_tier", "industry"}


def test_rows_after_a_day_never_change_the_features_of_that_day(tables):
    known = {name: _known_by(frame, _OCCURRED.get(name), CUT) for name, frame in tables.items()}
    whole, cut = build_panel(snapshot(tables), UNTIL, 20), build_panel(snapshot(known), CUT, 12)
    before = whole.rows[whole.rows["month_end"].isin(cut.rows["month_end"])].reset_index(drop=True)
    assert len(cut.rows) > 100
    pd.testing.assert_frame_equal(before[list(cut.rows.columns)], cut.rows)


def _known_by(frame: pd.DataFrame, occurred: str | None, day: date) -> pd.DataFrame:
    if occurred is None:
        return frame
    happened = pd.to_datetime(frame[occurred]) < pd.Timestamp(day) + pd.Timedelta(days=1)
    return frame[happened & (frame["recorded_at"].isna() | (frame["recorded_at"] <= pd.Timestamp(day)))]


def test_the_order_of_rows_does_not_matter(tables, panel):
    shuffled = {name: frame.sample(frac=1, random_state=4) for name, frame in tables.items()}
    again = build_panel(snapshot(shuffled), UNTIL, 20)
    pd.testing.assert_frame_equal(again.rows, panel.rows)
    pd.testing.assert_frame_equal(again.events, panel.events)


def test_blocks_of_accounts_give_the_same_panel(tables, panel, monkeypatch):
    monkeypatch.setattr("csworkbench.models.panel.build.BLOCK", 7)
    pd.testing.assert_frame_equal(build_panel(snapshot(tables), UNTIL, 20).rows, panel.rows)


def test_a_feature_whose_table_is_absent_is_absent(tables):
    few = {name: tables[name] for name in ("accounts", "subscriptions")}
    panel = build_panel(snapshot(few), UNTIL, 6)
    assert {panel.catalogue[name].table for name in panel.features} == {"accounts", "subscriptions"}
    assert panel.absent["days_silent"] == "usage"


def test_a_day_within_a_month_is_the_snapshot_day_of_every_month(tables, slowly):
    panel = build_panel(snapshot(tables), date(2025, 10, 17), 5)
    assert sorted(set(panel.rows["month_end"].dt.day)) == [17]
    slow = slowly(date(2025, 10, 17))
    fast = of_day(panel, date(2025, 10, 17))
    assert list(fast.index) == list(slow.index)
    assert fast["tickets_90d"].tolist() == slow["tickets_90d"].tolist()


def items(*rows: tuple[str, str, str | None, float, str | None]) -> dict[str, pd.DataFrame]:
    names = ["account_id", "starts_on", "ends_on", "mrr", "decided_on"]
    frame = pd.DataFrame(rows, columns=names).assign(subscription_id=[f"s{k}" for k in range(len(rows))])
    ids = sorted(set(frame["account_id"]))
    return {"accounts": pd.DataFrame({"account_id": ids}), "subscriptions": frame}


def test_an_account_leaves_the_rows_when_its_decision_is_known_and_not_when_its_contract_ends():
    given = items(("a", "2024-01-01", "2024-12-31", 10.0, "2024-06-10"))
    panel = build_panel(snapshot(given), date(2024, 9, 30), 9)
    assert panel.rows["month_end"].max() == pd.Timestamp("2024-05-31")
    assert panel.events[["kind", "on"]].values.tolist() == [["churn", pd.Timestamp("2024-06-10")]]
    assert panel.leaving["account_id"].tolist() == ["a"]


def test_a_contract_that_ends_without_a_decision_date_is_left_on_its_end():
    given = items(("a", "2024-01-01", "2024-07-15", 10.0, None))
    panel = build_panel(snapshot(given), date(2024, 9, 30), 9)
    assert panel.rows["month_end"].max() == pd.Timestamp("2024-06-30")
    assert panel.events["on"].tolist() == [pd.Timestamp("2024-07-15")]


def test_a_successor_is_no_churn_and_a_gap_of_a_month_neither_but_a_longer_one_is():
    given = items(
        ("a", "2024-01-01", "2024-06-01", 10.0, None),
        ("a", "2024-06-01", None, 10.0, None),
        ("b", "2024-01-01", "2024-06-01", 10.0, None),
        ("b", "2024-06-20", None, 10.0, None),
        ("c", "2024-01-01", "2024-06-01", 10.0, None),
        ("c", "2024-09-01", None, 10.0, None),
    )
    panel = build_panel(snapshot(given), date(2024, 12, 31), 12)
    assert panel.events[["account_id", "kind"]].values.tolist() == [["c", "churn"]]
    last = of_day(panel, date(2024, 12, 31))
    assert last["n_spells"].tolist() == [1, 1, 2]
    assert last.loc["c", "tenure_months"] == pytest.approx(121 / (365.25 / 12))


def test_growth_shrinking_and_price_are_told_apart():
    given = items(
        ("a", "2024-01-01", "2024-05-01", 10.0, None),
        ("a", "2024-05-01", None, 12.0, None),
        ("b", "2024-01-01", None, 10.0, None),
        ("b", "2024-04-01", "2024-08-01", 5.0, "2024-07-03"),
    )
    events = build_panel(snapshot(given), date(2024, 12, 31), 12).events
    assert events[["account_id", "kind", "mrr_change", "by_price"]].values.tolist() == [
        ["a", "expansion", 2.0, True],
        ["b", "expansion", 5.0, False],
        ["b", "contraction", 5.0, False],
    ]
    assert events["on"].tolist()[2] == pd.Timestamp("2024-07-03")


def test_the_panel_begins_with_the_month_before_the_first_loss():
    given = items(("a", "2019-01-01", None, 10.0, None), ("b", "2019-01-01", "2024-06-10", 10.0, None))
    panel = build_panel(snapshot(given), date(2024, 12, 31))
    assert panel.rows["month_end"].min() == pd.Timestamp("2024-05-31")
