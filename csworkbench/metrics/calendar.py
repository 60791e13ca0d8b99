"""Fiscal quarters: their first and last days, and the closings that measures look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from ..errors import CsworkbenchError

_LABEL = re.compile(r"([0-9]{4})Q([1-4])")

Grain = Literal["month", "quarter"]


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter of a fiscal year, such as 2026Q3.

    year: the calendar year in which the fiscal year ends. number: 1 to 4.
    fiscal_year_start: the month (1 to 12) in which the fiscal year begins.
    """

    year: int
    number: int
    fiscal_year_start: int = 1

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 4 and 1 <= self.fiscal_year_start <= 12 and 1900 <= self.year <= 9000):
            raise CsworkbenchError(f"{self.label} with a fiscal year from month {self.fiscal_year_start} is no quarter")

    @classmethod
    def parse(cls, label: str, fiscal_year_start: int = 1) -> Quarter:
        """The quarter written like 2026Q3; CsworkbenchError for any other text."""
        match = _LABEL.fullmatch(label)
        if not match:
            raise CsworkbenchError(f'"{label}" is not a quarter. Write it as 2026Q3.')
        return cls(int(match[1]), int(match[2]), fiscal_year_start)

    @classmethod
    def of(cls, day: date, fiscal_year_start: int = 1) -> Quarter:
        """The quarter in which that day lies."""
        return cls._of_index((month_index(day) - (fiscal_year_start - 1)) // 3, fiscal_year_start)

    @classmethod
    def _of_index(cls, index: int, fiscal_year_start: int) -> Quarter:
        """The quarter that is index quarters after the first fiscal year that began in calendar year 0."""
        year = index // 4 + (fiscal_year_start > 1)
        return cls(year, index % 4 + 1, fiscal_year_start)

    @property
    def _index(self) -> int:
        return (self.year - (self.fiscal_year_start > 1)) * 4 + self.number - 1

    @property
    def label(self) -> str:
        """Year and number, such as 2026Q3."""
        return f"{self.year}Q{self.number}"

    def __str__(self) -> str:
        return self.label

    @property
    def starts_on(self) -> date:
        """The first day."""
        return month_start(self._index * 3 + self.fiscal_year_start - 1)

    @property
    def opening(self) -> date:
        """The last day before the quarter, on which opening values are read."""
        return self.starts_on - timedelta(days=1)

    @property
    def closing(self) -> date:
        """The last day, on which closing values are read."""
        return self.next.opening

    @property
    def previous(self) -> Quarter:
        """The quarter before."""
        return self._of_index(self._index - 1, self.fiscal_year_start)

    @property
    def next(self) -> Quarter:
        """The quarter after."""
        return self._of_index(self._index + 1, self.fiscal_year_start)

    @property
    def year_ago(self) -> Quarter:
        """The same quarter of the fiscal year before."""
        return self._of_index(self._index - 4, self.fiscal_year_start)

    @property
    def months(self) -> tuple[date, date, date]:
        """The last days of its three months."""
        first = month_index(self.starts_on)
        ends = [month_start(first + n) - timedelta(days=1) for n in (1, 2, 3)]
        return ends[0], ends[1], ends[2]


def quarters_back(quarter: Quarter, n: int) -> tuple[Quarter, ...]:
    """The n quarters that end with this one, oldest first."""
    return tuple(_backwards(quarter, n))[::-1]


def _backwards(quarter: Quarter, n: int) -> Iterator[Quarter]:
    for _ in range(n):
        yield quarter
        quarter = quarter.previous


def month_index(day: date) -> int:
    """Months since January of year 0."""
    return day.year * 12 + day.month - 1


def month_start(index: int) -> date:
    """The first day of the month with that index."""
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """One month or quarter of a cohort analysis: both days lie within it."""

    label: str
    starts_on: date
    ends_on: date


def periods_between(first: date, last: date, grain: Grain, fiscal_year_start: int = 1) -> tuple[Period, ...]:
    """Every month (2026-07) or quarter (2026Q3) from the one that holds `first` to the one that holds `last`."""
    if grain == "quarter":
        quarter, found = Quarter.of(first, fiscal_year_start), []
        while quarter.starts_on <= last:
            found.append(Period(quarter.label, quarter.starts_on, quarter.closing))
            quarter = quarter.next
        return tuple(found)
    starts = [month_start(index) for index in range(month_index(first), month_index(last) + 2)]
    return tuple(Period(f"{start:%Y-%m}", start, end - timedelta(days=1)) for start, end in pairwise(starts))
