"""The days and quarters that a command is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ..errors import CsworkbenchError
from . import clock

if TYPE_CHECKING:
    from ..data.settings import Settings
    from ..metrics.calendar import Quarter


def day_of_exports(settings: Settings) -> date | None:
    """Today, unless the workspace says itself when its files were taken."""
    return None if settings.company.exported_on else clock.today()


def chosen_quarter(settings: Settings, text: str, as_of: date | None = None) -> Quarter:
    """The fiscal quarter of that label; for "last", the last one over on the day of the exports, or by as_of."""
    from ..metrics.calendar import Quarter

    first_month = settings.company.fiscal_year_start
    if text == "last":
        day = min(exported_on(settings), as_of or date.max)
        return Quarter.of(day + timedelta(days=1), first_month).previous
    return Quarter.parse(text, first_month)


def chosen_day(settings: Settings, quarter: Quarter, as_of: date | None) -> date:
    """The day whose knowledge is used: the last one of the quarter, unless a later one is given."""
    day = exported_on(settings)
    if as_of is not None and as_of < quarter.closing:
        raise CsworkbenchError(f"{quarter} closes on {quarter.closing}; what was known on {as_of} does not reach it.")
    if as_of is not None:
        return as_of
    if quarter.closing <= day:
        return quarter.closing
    said = f"{quarter} ends on {quarter.closing}, the exports are of {day}"
    raise CsworkbenchError(f"{said}. Choose a quarter that is over: --quarter last.")


def exported_on(settings: Settings) -> date:
    """The day of the exports: declared in workspace.toml, else today."""
    declared = settings.company.exported_on
    return date.fromisoformat(declared) if declared else clock.today()
