"""csworkbench check: every problem of a workspace at once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from .days import day_of_exports
from .options import AS_OF, GOOD, REFUSED, WORKSPACE


@click.command()
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@AS_OF
def check(workspace: Path, as_json: bool, as_of: date | None) -> int:
    """Check a workspace; every problem at once."""
    from ..data.workspace import open_workspace

    opened = open_workspace(workspace)
    report = opened.check(today=as_of or day_of_exports(opened.settings))
    click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1) if as_json else str(report))
    if report.ok and not as_json:
        click.echo(f"next: csworkbench qbr {workspace} --quarter last")
    return GOOD if report.ok else REFUSED
