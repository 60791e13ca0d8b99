"""csworkbench qbr: the packs of a quarter."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import clock
from .days import chosen_day, chosen_quarter, day_of_exports
from .options import AS_OF, WORKSPACE, listed, pairs

if TYPE_CHECKING:
    from ..metrics.calendar import Quarter
    from ..report.results import Summary
    from ..report.run import Make
    from ..report.source import Source


@click.command()
@WORKSPACE
@click.option("--quarter", required=True, help="Such as 2026Q3, or last: the last one that is over.")
@click.option("--only", metavar="PATTERN", help="Only packs whose name or unit matches, such as '*smb*'.")
@click.option("--packs", metavar="KINDS", callback=listed, help="Such as executive, or files (.ipynb); else [packs].")
@click.option("--lang", metavar="CODES", callback=listed, help="Such as en,ja; those of the company by default.")
@click.option("--output", type=click.Path(path_type=Path), help="Folder to write to; reports/QUARTER by default.")
@click.option("--jobs", type=click.IntRange(1, 256), default=lambda: os.cpu_count() or 1, help="Packs at a time.")
@click.option("--param", "-p", "parameters", multiple=True, metavar="NAME=VALUE", callback=pairs, help="For templates.")
@click.option("--fresh", is_flag=True, help="Make everything anew, also what has not changed.")
@click.option("--retries", type=click.IntRange(0, 10), default=1, show_default=True, help="After a death or a timeout.")
@click.option("--pack-timeout", type=click.FloatRange(1), default=1800, show_default=True, help="Seconds per pack.")
@click.option("--run-timeout", type=click.FloatRange(1), metavar="SECONDS", help="For the whole run; none by default.")
@click.option("--memory", type=click.IntRange(64), metavar="MIB", help="For the kernel of a pack; none by default.")
@click.option("--data-version", metavar="TEXT", help="Changes whenever a database does; lets unchanged packs be kept.")
@click.option(
    "--hook", metavar="COMMAND", help="Run after the end, good or bad, with the summary as JSON on its input."
)
@click.option("--cluster", metavar="ADDRESS", help="Make the packs on a Dask cluster, such as tcp://10.0.0.7:8786.")
@AS_OF
def qbr(hook: str | None, **given: Any) -> int:
    """Make the business review packs of a quarter."""
    from .ending import ended

    return ended(hook, lambda: _made(**given))


def _made(
    workspace: Path,
    quarter: str,
    only: str | None,
    packs: tuple[str, ...],
    lang: tuple[str, ...],
    output: Path | None,
    jobs: int,
    parameters: dict[str, str],
    fresh: bool,
    retries: int,
    pack_timeout: float,
    run_timeout: float | None,
    memory: int | None,
    data_version: str | None,
    as_of: date | None,
    cluster: str | None,
) -> Summary:
    from ..data.settings import read_settings
    from ..report.forecasts import earlier_forecasts
    from ..report.keys import Question, inputs
    from ..report.limits import Limits
    from ..report.progress import progress_to
    from ..report.quarter import Options, Order, make_quarter
    from ..report.templates import chosen_templates

    folder = workspace.parent if workspace.is_file() else workspace
    settings = read_settings(folder)
    fiscal = chosen_quarter(settings, quarter, as_of)
    day, today = chosen_day(settings, fiscal, as_of), day_of_exports(settings)
    templates, unasked = chosen_templates(packs, folder / "packs", settings.packs.kinds)
    place = output or Path("reports") / fiscal.label
    earlier = earlier_forecasts(place, fiscal)
    question = Question(folder, settings, fiscal.label, day, today, data_version, earlier)
    order = Order(
        place,
        fiscal.label,
        day.isoformat(),
        templates,
        lambda: _measured(folder, fiscal, day, today, earlier),
        lambda known: inputs(question, known, clock.now()),
        unasked,
    )
    limits = Limits(pack_seconds=pack_timeout, memory_mib=memory)
    with _workplace(cluster, jobs) as (places, how):
        options = Options(lang, only, places, limits, parameters, fresh, retries, run_timeout or inf)
        return make_quarter(order, options, clock.now, progress_to(sys.stderr), how)


@contextmanager
def _workplace(address: str | None, jobs: int) -> Iterator[tuple[int, Make | None]]:
    """Packs at a time, and what makes one: this machine, or the cluster at that address."""
    if address is None:
        yield jobs, None
        return
    from ..report.cluster import cluster

    with cluster(address) as found:
        yield found.slots, found.make


def _measured(folder: Path, quarter: Quarter, day: date, today: date | None, earlier: Sequence[Path]) -> Source:
    from ..data.workspace import open_workspace
    from ..report.source import measured

    return measured(open_workspace(folder), quarter, day, today, earlier)
