"""What happened after a row: in the window, before it, or not known yet."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.models.panel import Panel
from csworkbench.models.panel.labels import NEVER, label, months_to_event

UNTIL = date(2025, 12, 31)
MONTHS = pd.date_range("2025-01-31", periods=12, freq="ME").astype("datetime64[us]")


def panel_of(*events: tuple[str, str, str], ids: tuple[str, ...] = ("a",), until: date = UNTIL) -> Panel:
    """Accounts with a row on every month-end of 2025; events as account, kind, day."""
    rows = pd.DataFrame([(i, month) for i in ids for month in MONTHS], columns=["account_id", "month_end"])
    found = pd.DataFrame(events, columns=["account_id", "kind", "on"]).astype({"on": "datetime64[us]"})
    return Panel(rows, found.assign(mrr_change=1.0, by_price=False), pd.DataFrame(), until, ())


def of_month(panel: Panel, values: pd.Series, month: int) -> object:
    return values[panel.rows["month_end"].dt.month == month].iloc[0]


@pytest.mark.parametrize(
    ("month", "expected"), [(2, 0), (3, 1), (4, 1), (5, 1)], ids=["too early", "last day", "within", "next month"]
)
def test_the_window_is_open_on_its_first_day_and_closed_on_its_last(month, expected):
    panel = panel_of(("a", "churn", "2025-06-30"))
    assert of_month(panel, label(panel), month) == expected


def test_an_event_on_the_day_itself_is_not_in_the_future():
    panel = panel_of(("a", "expansion", "2025-06-30"))
    assert of_month(panel, label(panel, "expansion"), 6) == 0


def test_a_window_that_is_not_over_is_not_known_even_where_the_event_has_come():
    panel = panel_of(("a", "churn", "2025-11-15"))
    labels = label(panel)
    assert of_month(panel, labels, 9) == 1
    assert labels[panel.rows["month_end"].dt.month >= 10].isna().all()


def test_who_leaves_within_the_lead_has_no_label():
    panel = panel_of(("a", "churn", "2025-06-10"))
    assert pd.isna(of_month(panel, label(panel, lead_months=1), 5))
    assert pd.isna(of_month(panel, label(panel, "expansion", lead_months=1), 5))
    assert of_month(panel, label(panel, lead_months=1), 4) == 1


def test_an_account_that_left_first_did_not_grow():
    panel = panel_of(("a", "churn", "2025-04-10"), ("a", "expansion", "2025-06-10"))
    assert of_month(panel, label(panel, "expansion"), 3) == 0


def test_events_of_one_account_say_nothing_of_another():
    panel = panel_of(("a", "churn", "2025-06-10"), ids=("a", "b"))
    assert label(panel)[panel.rows["account_id"] == "b"].fillna(0).eq(0).all()


@given(
    days=st.lists(st.dates(date(2025, 1, 1), UNTIL), max_size=4),
    lead=st.integers(0, 3),
    horizon=st.integers(1, 6),
)
def test_labels_equal_a_loop_over_rows_and_events(days, lead, horizon):
    panel = panel_of(*(("a", "churn", day.isoformat()) for day in days))
    found = label(panel, "churn", lead, horizon)
    for row, value in zip(panel.rows["month_end"], found, strict=True):
        opens, closes = row + pd.offsets.MonthEnd(lead), row + pd.offsets.MonthEnd(lead + horizon)
        times = [pd.Timestamp(day) for day in days]
        if closes > pd.Timestamp(UNTIL) or any(row < time <= opens for time in times):
            assert pd.isna(value)
        else:
            assert value == any(opens < time <= closes for time in times)


def test_months_to_an_event_count_from_one():
    panel = panel_of(("a", "churn", "2025-02-01"))
    assert months_to_event(panel)[:3].tolist() == [1, NEVER, NEVER]
