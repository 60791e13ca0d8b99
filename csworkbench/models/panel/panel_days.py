"""The days of a panel, for further queries over the same months."""

from __future__ import annotations

from .known import Months
from .months import anchor, month_no, snapshot_day
from .panel import Panel


def panel_months(panel: Panel) -> Months:
    """The months of the panel's rows and that of `until`, each with its day."""
    day = anchor(panel.until)
    last = month_no(panel.until, day)
    numbers = sorted({*panel.month.tolist(), 0})
    return Months({number: snapshot_day(last + number, day) for number in numbers})
