"""The command line; the only place that reads the clock."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .errors import CsworkbenchError
from .version import __version__

if TYPE_CHECKING:
    from .data.snapshot import Snapshot
    from .data.workspace import Workspace
    from .metrics.calendar import Quarter

GOOD, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130


def _today() -> date:
    return date.today()


def _now() -> datetime:
    return datetime.now().astimezone()


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is not a date. Write it as YYYY-MM-DD.', param, ctx)


def _listed(context: click.Context, option: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _pairs(context: click.Context, option: click.Parameter, texts: Sequence[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise click.BadParameter(f'"{text}" is not NAME=VALUE')
    return dict(text.split("=", 1) for text in texts)


WORKSPACE = click.argument("workspace", type=click.Path(path_type=Path))
AS_OF = click.option("--as-of", type=_Day(), help="Use only what was known on this day (YYYY-MM-DD).")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", "-V", message="csworkbench %(version)s")
def cli() -> None:
    """Exports of a subscription company in, checked numbers and business review packs out."""


@cli.command()
@WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@AS_OF
def check(workspace: Path, as_json: bool, as_of: date | None) -> int:
    """Check a workspace; every problem at once."""
    from .data.workspace import open_workspace

    opened = open_workspace(workspace)
    report = opened.check(today=as_of or _day_of_exports(opened))
    click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1) if as_json else str(report))
    if report.ok and not as_json:
        click.echo(f"next: csworkbench qbr {workspace} --quarter last")
    return GOOD if report.ok else REFUSED


def _day_of_exports(workspace: Workspace) -> date | None:
    """Today, unless the workspace says itself when its files were taken."""
    return None if workspace.settings.company.exported_on else _today()


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> int:
    """Look at a folder of exports and write a first workspace.toml."""
    from .data.init import write_first_workspace

    click.echo(write_first_workspace(folder, today=_today()))
    return GOOD


@cli.command()
@WORKSPACE
@click.option("--quarter", required=True, help="Such as 2026Q3, or last: the last one that is over.")
@click.option("--only", metavar="PATTERN", help="Only packs whose name or unit matches, such as '*smb*'.")
@click.option("--packs", metavar="KINDS", callback=_listed, help="Such as executive,segment, or files (.ipynb).")
@click.option("--lang", metavar="CODES", callback=_listed, help="Such as en,ja; those of the company by default.")
@click.option("--output", type=click.Path(path_type=Path), help="Folder to write to; reports/QUARTER by default.")
@click.option("--jobs", type=click.IntRange(1, 256), default=lambda: os.cpu_count() or 1, help="Packs at a time.")
@click.option(
    "--param", "-p", "parameters", multiple=True, metavar="NAME=VALUE", callback=_pairs, help="For templates."
)
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
    from .data.workspace import open_workspace
    from .report.execute import Limits
    from .report.progress import closing_lines, progress_to
    from .report.quarter import Options, chosen_templates, make_packs, plan
    from .report.source import measured

    opened = open_workspace(workspace)
    fiscal = _quarter(opened, quarter)
    day = as_of or _closing(opened, fiscal)
    templates = chosen_templates(packs, opened.path / "packs")
    snapshot = opened.snapshot(today=_day_of_exports(opened))
    for problem in opened.check().tolerated:
        click.echo(f"tolerated: {problem}", err=True)
    _warn_of_silence(snapshot, fiscal)
    source = measured(opened, fiscal, day)
    folder = output or Path("reports") / fiscal.label
    options = Options(lang, only, jobs, Limits(pack_seconds=pack_timeout), parameters)
    planned = plan(source, templates, options, folder)
    summary = make_packs(source, planned, options, folder, _now, progress_to(sys.stderr), __version__)
    click.echo(closing_lines(summary))
    if summary.interrupted:
        return INTERRUPTED
    return GOOD if summary.is_good else FAILED


def _quarter(workspace: Workspace, text: str) -> Quarter:
    from .metrics.calendar import Quarter

    first_month = workspace.settings.company.fiscal_year_start
    if text == "last":
        return Quarter.of(_exported_on(workspace) + timedelta(days=1), first_month).previous
    return Quarter.parse(text, first_month)


def _closing(workspace: Workspace, quarter: Quarter) -> date:
    """The last day of the quarter; a quarter that was not over at the time of the exports is refused."""
    exported_on = _exported_on(workspace)
    if quarter.closing <= exported_on:
        return quarter.closing
    said = f"{quarter} ends on {quarter.closing}, the exports are of {exported_on}"
    raise CsworkbenchError(f"{said}. Choose a quarter that is over: --quarter last.")


def _warn_of_silence(snapshot: Snapshot, quarter: Quarter) -> None:
    """Say so where nothing in the exports happened in the quarter."""
    latest = max((fact.latest for fact in snapshot.facts.values() if fact.latest), default=None)
    if latest and latest < quarter.starts_on:
        said = f"note: nothing in the exports happened in {quarter}; the latest fact is of {latest}"
        click.echo(f"{said}. Declare exported_on under [company], or choose an earlier --quarter.", err=True)


def _exported_on(workspace: Workspace) -> date:
    declared = workspace.settings.company.exported_on
    return date.fromisoformat(declared) if declared else _today()


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--accounts", type=click.IntRange(1), default=240, show_default=True, help="Customers, ever.")
@click.option("--months", type=click.IntRange(1), default=36, show_default=True, help="Months up to --end.")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same bytes."
)
@click.option("--end", type=_Day(), default="2026-09-30", show_default=True, help="Last day of the last month.")
@click.option("--format", "file_format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
def simulate(folder: Path, accounts: int, months: int, seed: int, end: date, file_format: Any) -> int:
    """Write the workspace of a simulated company whose true probabilities are known."""
    from .simulate import simulate as write

    click.echo(write(folder, accounts, months, seed, end.isoformat(), file_format))
    return GOOD


@cli.command()
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per pack.")
def status(output: Path, as_json: bool) -> int:
    """Show what became of every pack in an output folder."""
    from dataclasses import asdict

    from .report.ledger import pack_statuses

    found = pack_statuses(output)
    if not found:
        raise CsworkbenchError(f"there is no ledger of a run in {output}. Give the folder that qbr wrote to.")
    for pack in found:
        line = [pack.name, pack.outcome, pack.at, pack.file or "-", pack.reason]
        click.echo(json.dumps(asdict(pack), ensure_ascii=False) if as_json else "\t".join(line).rstrip())
    return GOOD


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 good, 1 a pack failed, 2 refused, 130 interrupted."""
    return _guarded(lambda: cli.main(arguments, prog_name="csworkbench", standalone_mode=False))


def _guarded(command: Callable[[], Any]) -> int:
    try:
        code = command()
    except click.ClickException as error:
        error.show()
        return REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except CsworkbenchError as error:
        click.echo(str(error), err=True)
        return REFUSED
    except OSError as error:
        click.echo(f"{error.filename or 'the system'}: {error.strerror or error}", err=True)
        return REFUSED
    return code if isinstance(code, int) else GOOD
