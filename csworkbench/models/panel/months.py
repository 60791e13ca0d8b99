"""The snapshot days of a panel: one a month, back from the last."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from ...metrics.calendar import month_index, month_start

MONTH_DAYS = 365.25 / 12


def anchor(until: date) -> int:
    """The day of the month on which snapshots are taken: that of `until`, 31 for the last day of any month."""
    return 31 if (until + timedelta(days=1)).day == 1 else until.day


def month_no(day: date, anchor_day: int) -> int:
    """The number of the month (months since year 0) whose snapshot is the first on or after the day."""
    last = (month_start(month_index(day) + 1) - timedelta(days=1)).day
    return month_index(day) + (day.day > min(anchor_day, last))


def snapshot_day(number: int, anchor_day: int) -> date:
    """The snapshot day of that month: the anchor day, or the month's last day where that comes first."""
    last = month_start(number + 1) - timedelta(days=1)
    return last.replace(day=min(anchor_day, last.day))


def snapshot_days(until: date, n_months: int) -> tuple[date, ...]:
    """The n snapshot days that end with `until`, oldest first; the month-ends where `until` is one."""
    last, day = month_no(until, anchor(until)), anchor(until)
    return tuple(snapshot_day(number, day) for number in range(last - n_months + 1, last + 1))


def month_numbers(days: pd.Series, until: date) -> np.ndarray:
    """`month_no` of every day, relative to that of `until` (0; −1 the month before)."""
    anchor_day = anchor(until)
    number = days.dt.year * 12 + days.dt.month - 1
    late = days.dt.day > np.minimum(anchor_day, days.dt.days_in_month)
    return np.asarray(number + late - month_no(until, anchor_day), dtype=np.int64)
