from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.errors import CsworkbenchError
from csworkbench.metrics.calendar import Quarter, periods_between, quarters_back

quarters = st.builds(Quarter, st.integers(1990, 2100), st.integers(1, 4), st.integers(1, 12))


def test_a_calendar_quarter_opens_and_closes_on_last_days() -> None:
    quarter = Quarter.parse("2026Q3")
    assert (quarter.opening, quarter.starts_on, quarter.closing) == (
        date(2026, 6, 30),
        date(2026, 7, 1),
        date(2026, 9, 30),
    )
    assert quarter.months == (date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30))
    assert str(quarter) == "2026Q3"


def test_a_fiscal_year_is_named_after_the_year_in_which_it_ends() -> None:
    first = Quarter.parse("2026Q1", fiscal_year_start=4)
    assert (first.starts_on, first.closing) == (date(2025, 4, 1), date(2025, 6, 30))
    assert Quarter.of(date(2026, 3, 31), 4).label == "2026Q4"
    assert Quarter.of(date(2026, 4, 1), 4).label == "2027Q1"
    assert Quarter.parse("2026Q4", fiscal_year_start=12).closing == date(2026, 11, 30)


@pytest.mark.parametrize("text", ["2026q3", "2026-Q3", "2026Q5", "２０２６Q3", "", "2026Q3 ", "0000Q1"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(CsworkbenchError, match="quarter"):
        Quarter.parse(text)


@given(quarters)
def test_quarters_follow_each_other_without_gap(quarter: Quarter) -> None:
    assert quarter.next.previous == quarter
    assert quarter.next.opening == quarter.closing
    assert quarter.previous < quarter < quarter.next
    assert quarter.months[-1] == quarter.closing
    assert (quarter.year_ago.year, quarter.year_ago.number) == (quarter.year - 1, quarter.number)


@given(quarters, st.integers(0, 89))
def test_every_day_lies_in_its_quarter(quarter: Quarter, n_days: int) -> None:
    day = quarter.starts_on + timedelta(days=n_days)
    assert Quarter.of(day, quarter.fiscal_year_start) == quarter
    assert Quarter.parse(quarter.label, quarter.fiscal_year_start) == quarter


def test_quarters_back_end_with_the_quarter_itself() -> None:
    assert [q.label for q in quarters_back(Quarter.parse("2026Q1"), 3)] == ["2025Q3", "2025Q4", "2026Q1"]


def test_periods_cover_every_day_once() -> None:
    months = periods_between(date(2025, 11, 30), date(2026, 1, 1), "month")
    assert [m.label for m in months] == ["2025-11", "2025-12", "2026-01"]
    assert (months[1].starts_on, months[1].ends_on) == (date(2025, 12, 1), date(2025, 12, 31))
    spans = periods_between(date(2025, 11, 30), date(2026, 1, 1), "quarter", 2)
    assert [(s.label, s.starts_on) for s in spans] == [("2026Q4", date(2025, 11, 1))]
