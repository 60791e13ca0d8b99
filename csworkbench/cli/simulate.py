"""csworkbench simulate: a company whose true probabilities are known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from .options import GOOD, Day


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--accounts", type=click.IntRange(1), default=240, show_default=True, help="Customers, ever.")
@click.option("--months", type=click.IntRange(1), default=36, show_default=True, help="Months up to --end.")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same bytes."
)
@click.option("--end", type=Day(), default="2026-09-30", show_default=True, help="Last day of the last month.")
@click.option("--format", "file_format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
def simulate(folder: Path, accounts: int, months: int, seed: int, end: date, file_format: Any) -> int:
    """Write the workspace of a simulated company whose true probabilities are known."""
    from ..simulate import simulate as write

    click.echo(write(folder, accounts, months, seed, end.isoformat(), file_format))
    return GOOD
