"""Days and months of a simulation, and the seasons of use. Days are numpy datetime64[D]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from ..errors import CsworkbenchError
from .arrays import Days, Floats, Ints, is_weekend

Period = Literal["daily", "weekly", "monthly"]
WEEKEND = 0.12


@dataclass(frozen=True)
class Calendar:
    """The months of a simulation. starts, ends: first and last day of each month; end: last day of all."""

    starts: Days
    ends: Days

    @property
    def n(self) -> int:
        """Number of months."""
        return len(self.starts)

    @property
    def end(self) -> np.datetime64:
        """The last day simulated."""
        last: np.datetime64 = self.ends[-1]
        return last

    def month_of(self, days: Days) -> Ints:
        """Index of the month of each day; negative before the first month."""
        months: Ints = (days.astype("datetime64[M]") - self.starts[0].astype("datetime64[M]")).astype(np.int64)
        return months


def calendar(months: int, end: str) -> Calendar:
    """The `months` months up to `end`, which must be the last day of a month."""
    if months < 1:
        raise CsworkbenchError(f"months is {months}; give 1 or more")
    try:
        last = np.datetime64(date.fromisoformat(end), "M")
    except ValueError:
        raise CsworkbenchError(f'"{end}" is not a date; write it as YYYY-MM-DD') from None
    if (last + 1).astype("datetime64[D]") - 1 != np.datetime64(end, "D"):
        raise CsworkbenchError(f"{end} is not the last day of a month; a simulation ends with a month")
    first = np.arange(last - months + 1, last + 1)
    return Calendar(first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]") - 1)


def season(days: Days) -> Floats:
    """Relative level of use on each day: weekends, year-end, Golden Week, Obon; 1 is an ordinary working day."""
    month = days.astype("datetime64[M]").astype(int) % 12 + 1
    day = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(int) + 1
    level = np.where(is_weekend(days), WEEKEND, 1.0)
    level = level * np.where(month == 8, np.where((day >= 11) & (day <= 16), 0.45, 0.93), 1.0)
    level = level * np.where((month == 12) & (day >= 29) | (month == 1) & (day <= 3), 0.15, 1.0)
    level = level * np.where((month == 5) & (day >= 3) & (day <= 5), 0.4, 1.0)
    return np.asarray(level * np.where((month == 3) | (month == 9), 1.06, 1.0))


def periods(months: Calendar, unit: Period) -> tuple[Days, Days, Floats, Floats]:
    """First day, last day, mean season and working days of each whole period inside the simulation."""
    days = np.arange(months.starts[0], months.end + 1)
    if unit == "monthly":
        firsts, lasts = months.starts, months.ends
    else:
        length = 7 if unit == "weekly" else 1
        mondays = days[(days.astype(int) + 3) % length == 0]
        firsts = mondays[mondays + length - 1 <= months.end]
        lasts = firsts + length - 1
    total = np.concatenate([[0.0], np.cumsum(season(days))])
    lo, hi = (firsts - days[0]).astype(int), (lasts - days[0]).astype(int) + 1
    worked = total[hi] - total[lo]
    ordinary = np.concatenate([[0], np.cumsum(~is_weekend(days))])
    n_ordinary = np.maximum(ordinary[hi] - ordinary[lo], 0.5)
    return firsts, lasts, np.minimum(worked / n_ordinary, 1.1), worked
