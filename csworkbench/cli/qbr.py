"""csworkbench qbr: the packs of a quarter."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import click

from ..version import __version__
from . import clock
from .days import chosen_quarter, closing_day, day_of_exports, warn_of_silence
from .options import AS_OF, FAILED, GOOD, INTERRUPTED, WORKSPACE, listed, pairs


@click.command()
@WORKSPACE
@click.option("--quarter", required=True, help="Such as 2026Q3, or last: the last one that is over.")
@click.option("--only", metavar="PATTERN", help="Only packs whose name or unit matches, such as '*smb*'.")
@click.option("--packs", metavar="KINDS", callback=listed, help="Such as executive,segment, or files (.ipynb).")
@click.option("--lang", metavar="CODES", callback=listed, help="Such as en,ja; those of the company by default.")
@click.option("--output", type=click.Path(path_type=Path), help="Folder to write to; reports/QUARTER by default.")
@click.option("--jobs", type=click.IntRange(1, 256), default=lambda: os.cpu_count() or 1, help="Packs at a time.")
@click.option("--param", "-p", "parameters", multiple=True, metavar="NAME=VALUE", callback=pairs, help="For templates.")
@click.option("--pack-timeout", type=click.FloatRange(1), default=1800, show_default=True, help="Seconds per pack.")
@AS_OF
def qbr(
    workspace: Path,
    quarter: str,
    only: str | None,
    packs: tuple[str, ...],
    lang: tuple[str, ...],
    output: Path | None,
    jobs: int,
    parameters: dict[str, str],
    pack_timeout: float,
    as_of: date | None,
) -> int:
    """Make the business review packs of a quarter."""
    from ..data.workspace import open_workspace
    from ..report.execute import Limits
    from ..report.progress import closing_lines, progress_to
    from ..report.quarter import Options, chosen_templates, make_packs, plan
    from ..report.source import measured

    opened = open_workspace(workspace)
    fiscal = chosen_quarter(opened, quarter)
    day = as_of or closing_day(opened, fiscal)
    templates = chosen_templates(packs, opened.path / "packs")
    snapshot = opened.snapshot(today=day_of_exports(opened))
    for problem in opened.check().tolerated:
        click.echo(f"tolerated: {problem}", err=True)
    warn_of_silence(snapshot, fiscal)
    source = measured(opened, fiscal, day)
    folder = output or Path("reports") / fiscal.label
    options = Options(lang, only, jobs, Limits(pack_seconds=pack_timeout), parameters)
    planned = plan(source, templates, options, folder)
    summary = make_packs(source, planned, options, folder, clock.now, progress_to(sys.stderr), __version__)
    click.echo(closing_lines(summary))
    if summary.interrupted:
        return INTERRUPTED
    return GOOD if summary.is_good else FAILED
