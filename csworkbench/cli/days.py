"""The days and quarters that a command is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from ..errors import CsworkbenchError
from . import clock

if TYPE_CHECKING:
    from ..data.snapshot import Snapshot
    from ..data.workspace import Workspace
    from ..metrics.calendar import Quarter


def day_of_exports(workspace: Workspace) -> date | None:
    """Today, unless the workspace says itself when its files were taken."""
    return None if workspace.settings.company.exported_on else clock.today()


def chosen_quarter(workspace: Workspace, text: str) -> Quarter:
    """The fiscal quarter of that label; for "last", the last one that was over on the day of the exports."""
    from ..metrics.calendar import Quarter

    first_month = workspace.settings.company.fiscal_year_start
    if text == "last":
        return Quarter.of(exported_on(workspace) + timedelta(days=1), first_month).previous
    return Quarter.parse(text, first_month)


def closing_day(workspace: Workspace, quarter: Quarter) -> date:
    """The last day of the quarter; a quarter that was not over at the time of the exports is refused."""
    day = exported_on(workspace)
    if quarter.closing <= day:
        return quarter.closing
    said = f"{quarter} ends on {quarter.closing}, the exports are of {day}"
    raise CsworkbenchError(f"{said}. Choose a quarter that is over: --quarter last.")


def warn_of_silence(snapshot: Snapshot, quarter: Quarter) -> None:
    """Say so where nothing in the exports happened in the quarter."""
    latest = max((fact.latest for fact in snapshot.facts.values() if fact.latest), default=None)
    if latest and latest < quarter.starts_on:
        said = f"note: nothing in the exports happened in {quarter}; the latest fact is of {latest}"
        click.echo(f"{said}. Declare exported_on under [company], or choose an earlier --quarter.", err=True)


def exported_on(workspace: Workspace) -> date:
    """The day of the exports: declared in workspace.toml, else today."""
    declared = workspace.settings.company.exported_on
    return date.fromisoformat(declared) if declared else clock.today()
