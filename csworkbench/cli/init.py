"""csworkbench init: a first workspace.toml for a folder of exports."""

from __future__ import annotations

from pathlib import Path

import click

from . import clock
from .options import GOOD


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> int:
    """Look at a folder of exports and write a first workspace.toml."""
    from ..data.init import write_first_workspace

    click.echo(write_first_workspace(folder, today=clock.today()))
    return GOOD
