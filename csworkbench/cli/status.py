"""csworkbench status: what became of every pack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import CsworkbenchError
from .options import GOOD

if TYPE_CHECKING:
    from ..report.ledger import RunStatus


@click.command()
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per pack.")
def status(output: Path, as_json: bool) -> int:
    """Show what became of every pack in an output folder."""
    from dataclasses import asdict

    from ..report.ledger import last_run, pack_statuses
    from ..report.table import table

    found, run = pack_statuses(output), last_run(output)
    if run is None:
        raise CsworkbenchError(f"there is no ledger of a run in {output}. Give the folder that qbr wrote to.")
    if as_json:
        for pack in found:
            click.echo(json.dumps(asdict(pack), ensure_ascii=False))
        return GOOD
    rows = [(pack.name, pack.outcome, pack.at[:19].replace("T", " "), pack.file or "-", pack.reason) for pack in found]
    if rows:
        click.echo(table(("pack", "state", "at", "published", "reason"), rows))
    click.echo(_said(run))
    return GOOD


def _said(run: RunStatus) -> str:
    counts = ", ".join(f"{n} {outcome}" for outcome, n in run.counts.items())
    ended = f" at {run.ended_at[:19].replace('T', ' ')}" if run.ended_at else ""
    begun = run.started_at[:19].replace("T", " ")
    return f"last run, begun {begun}: {run.state}{ended}" + "".join(
        f": {text}" for text in (counts, run.reason) if text
    )
