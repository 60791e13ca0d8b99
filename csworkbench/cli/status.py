"""csworkbench status: what became of every pack."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..errors import CsworkbenchError
from .options import GOOD


@click.command()
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per pack.")
def status(output: Path, as_json: bool) -> int:
    """Show what became of every pack in an output folder."""
    from dataclasses import asdict

    from ..report.ledger import pack_statuses

    found = pack_statuses(output)
    if not found:
        raise CsworkbenchError(f"there is no ledger of a run in {output}. Give the folder that qbr wrote to.")
    for pack in found:
        line = [pack.name, pack.outcome, pack.at, pack.file or "-", pack.reason]
        click.echo(json.dumps(asdict(pack), ensure_ascii=False) if as_json else "\t".join(line).rstrip())
    return GOOD
