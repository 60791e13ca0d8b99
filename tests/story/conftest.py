"""The small company that story tests share."""

from __future__ import annotations

import pytest
from small_quarter import small_measures

from csworkbench.metrics.measures import QuarterMeasures


@pytest.fixture
def measures() -> QuarterMeasures:
    """2026Q3 of a company of 13 accounts; see small_quarter.py."""
    return small_measures()
