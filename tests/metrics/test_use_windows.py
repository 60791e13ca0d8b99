"""Windows that overlap, put together from parts of time: the same as each window counted by itself."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import slow_metrics as slow
from hypothesis import given, settings
from hypothesis import strategies as st
from small_company import SETTINGS, company, view_of

from csworkbench.data.snapshot import View
from csworkbench.metrics.adoption import adoption, adoption_grid
from csworkbench.metrics.usage import core_of
from csworkbench.metrics.use_windows import Window, slots_of, use_in

CLOSING = date(2026, 9, 30)
IDS = pd.Index(["a", "b"])
FEATURES = [f"f{n:03d}" for n in range(70)]


def view_of_use(rows: list[slow.Use], core: list[str]) -> View:
    paid = pd.DataFrame({"account_id": IDS, "subscription_id": IDS, "starts_on": "2024-01-01", "mrr": 1.0})
    use = pd.DataFrame(rows, columns=["account_id", "day", "feature", "users", "count"])
    use = use.astype({"account_id": "str", "feature": "str"}).assign(day=pd.to_datetime(use["day"]))
    text = SETTINGS.replace('["report", "share"]', str(core).replace("'", '"'))
    return view_of(CLOSING, {"accounts": pd.DataFrame({"account_id": IDS}), "subscriptions": paid, "usage": use}, text)


_windows = st.builds(
    lambda back, length: Window(CLOSING - timedelta(days=back + length), CLOSING - timedelta(days=back)),
    st.integers(0, 150),
    st.integers(1, 200),
)
_use = st.builds(
    lambda account, back, feature, users, count: slow.Use(
        account, CLOSING - timedelta(days=back), feature, users, float(count)
    ),
    st.sampled_from("ab"),
    st.integers(0, 330),
    st.sampled_from(FEATURES[:3] + FEATURES[-3:]),
    st.integers(0, 3),
    st.integers(0, 3),
)


@given(st.lists(_windows, min_size=1, max_size=6))
def test_slots_cover_each_window_without_overlap_and_are_no_longer_than_62_days(windows: list[Window]) -> None:
    slots = slots_of(windows)
    days = [slot.after + timedelta(days=n) for slot in slots for n in range(1, (slot.through - slot.after).days + 1)]
    assert len(days) == len(set(days))
    assert all((slot.through - slot.after).days <= 62 for slot in slots)
    wanted = {w.after + timedelta(days=n) for w in windows for n in range(1, (w.through - w.after).days + 1)}
    assert set(days) == wanted


@settings(max_examples=30)
@given(st.lists(_use, max_size=14, unique_by=lambda u: (u.account, u.day, u.feature)), st.lists(_windows, min_size=1))
def test_each_window_says_what_its_rows_say_even_with_more_core_features_than_a_number_has_bits(
    rows: list[slow.Use], windows: list[Window]
) -> None:
    view = view_of_use(rows, FEATURES)
    use = use_in(view, IDS, windows, core_of(view))
    for window in windows:
        found = use.within(window, 7, 13)
        for place, account in enumerate(IDS):
            own = [u for u in rows if u.account == account and window.after < u.day <= window.through]
            got = [float(values[place]) for values in vars(found).values()]
            assert got == pytest.approx(_counted(own, window), nan_ok=True)


def _counted(rows: list[slow.Use], window: Window) -> list[float]:
    if not rows:
        return [np.nan] * 4
    in_use = [u for u in rows if u.users > 0 or u.count > 0]
    weeks = {(window.through - u.day).days // 7 for u in in_use}
    n_core, n_weeks = len({u.feature for u in in_use}), len({week for week in weeks if week < 13})
    return [max(u.users for u in rows), sum(u.count for u in rows), n_core, n_weeks]


def test_the_grid_is_the_frame_of_adoption_and_empty_before_use_was_measured() -> None:
    view = view_of("2026-06-30", company(40, seed=5))
    days = [date(2019, 12, 31), *(day.date() for day in pd.date_range("2025-06-30", "2026-06-30", freq="ME"))]
    scored = adoption(view, days).pivot(index="account_id", columns="closing", values="adoption_index")
    mrr = adoption(view, days).pivot(index="account_id", columns="closing", values="mrr")
    mrr, scored = (frame.reindex(columns=pd.DatetimeIndex(days)) for frame in (mrr, scored))
    grid = adoption_grid(view, mrr.index, days, mrr.fillna(0.0).to_numpy())
    np.testing.assert_array_equal(grid, scored.to_numpy())
    assert np.isnan(grid[:, 0]).all() and np.isfinite(grid[:, -1]).any()
