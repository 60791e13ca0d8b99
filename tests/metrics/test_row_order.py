"""No number of a metric's SQL depends on the order of the rows or on how many threads added them up."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from databases import snapshot_of

from csworkbench.data.settings import parse_settings
from csworkbench.data.snapshot import View
from csworkbench.metrics.rollup import rolled_up

END = date(2026, 9, 30)
SETTINGS = parse_settings('[company]\nname = "T"\ncurrency = "EUR"\nexported_on = "2026-10-01"\n')
# No double holds these exactly: the last digits of their sum depend on the order in which they are added.
SHARES = (0.1, 0.7, 1e-3, 1234.567, 3.3, 99_999_999.9)


def company(n_rows: int = 1_000) -> dict[str, pd.DataFrame]:
    """Amounts of use, answers and tickets that are no whole numbers, all within a quarter, of three accounts."""
    draw = random.Random(5)
    days = [END - timedelta(days=n % 80) for n in range(n_rows)]
    ids = [f"A{n % 3}" for n in range(n_rows)]
    key = [f"{n}" for n in range(n_rows)]
    at = [datetime(day.year, day.month, day.day, 12) for day in days]
    low_five, low_ten = ([draw.choice((1.1, 2.7, 3.3, 4.9)) * k for _ in key] for k in (1, 2))
    amounts = [draw.choice(SHARES) for _ in key]
    closed = [None] * n_rows
    return {
        "accounts": pd.DataFrame({"account_id": ["A0", "A1", "A2"], "name": "N", "segment": ["x", "x", "y"]}),
        "usage": pd.DataFrame({"account_id": ids, "day": days, "feature": key, "users": 2, "count": amounts}),
        "tickets": pd.DataFrame(
            {"ticket_id": key, "account_id": ids, "opened_at": at, "resolved_at": closed, "csat": low_five}
        ),
        "surveys": pd.DataFrame(
            {
                "account_id": ids,
                "contact_id": key,
                "answered_on": [END if n % 2 else day for n, day in enumerate(days)],
                "kind": [("nps", "csat")[n % 2] for n in range(n_rows)],
                "score": low_ten,
            }
        ),
    }


def view_of(frames: dict[str, pd.DataFrame], seed: int | None) -> View:
    shuffled = {n: f if seed is None else f.sample(frac=1, random_state=seed) for n, f in frames.items()}
    return snapshot_of(shuffled, SETTINGS).as_of(END)


MIDDLE, START = END - timedelta(days=40), END - timedelta(days=85)
WINDOWS = {"windows": f"SELECT '2026Q3' AS quarter, DATE '{START}' AS opening, DATE '{END}' AS closing"}
USE_SLOTS = {
    "calendar": "SELECT DISTINCT u.day, 0 AS slot, 1 AS bit FROM usage AS u",
    "numbered": "SELECT '1' AS feature, 1 AS bit",
    "places": "SELECT a.account_id, row_number() OVER (ORDER BY a.account_id) AS place FROM accounts AS a",
}
FEATURES = [f"{n}" for n in range(1_000)]
QUERIES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "events_in_periods": ({}, {"features": FEATURES, "last": END, "first_month": 0, "n_months": 3}),
    "usage_recent": ({}, {"start": START, "middle": MIDDLE, "through": END}),
    "usage_slots": (USE_SLOTS, {}),
    "account_surveys": ({}, {"middle": MIDDLE, "through": END}),
    "account_tickets": ({}, {"start": START, "middle": MIDDLE, "through": END}),
    "survey_totals": (WINDOWS, {}),
    "ticket_totals": (WINDOWS, {}),
}


@pytest.mark.parametrize("name", QUERIES)
def test_sums_are_the_same_to_the_last_bit_whatever_the_order_of_the_rows(name: str) -> None:
    relations, parameters = QUERIES[name]
    frames = company()
    first = rolled_up(view_of(frames, None), name, relations, **parameters)
    assert len(first) > 1
    assert first.select_dtypes("float64").gt(0).any(axis=None)
    for seed in (1, 2, 3):
        again = rolled_up(view_of(frames, seed), name, relations, **parameters)
        pd.testing.assert_frame_equal(again, first, check_exact=True)
