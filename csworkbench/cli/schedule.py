"""csworkbench schedule: a definition for the scheduler that a company already has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import CsworkbenchError
from .options import GOOD, WORKSPACE
from .qbr import qbr

if TYPE_CHECKING:
    from ..data.settings import Settings
    from ..report.schedule import Job

_FIXED = {"--quarter", "--as-of"}


@click.command()
@WORKSPACE
@click.option("--cron", "scheduler", flag_value="cron", help="A line of a crontab.")
@click.option("--systemd", "scheduler", flag_value="systemd", help="A service and its timer.")
@click.option("--airflow", "scheduler", flag_value="airflow", help="A DAG.")
@click.option("--github", "scheduler", flag_value="github", help="A workflow; call it in the root of the repository.")
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Write files there instead of printing.")
@click.option("--day", type=click.IntRange(2, 28), default=5, show_default=True, help="Of the month after the quarter.")
@click.option("--days", type=click.IntRange(1, 27), default=3, show_default=True, help="On how many days in a row.")
@click.option("--hour", type=click.IntRange(0, 23), default=6, show_default=True)
@click.option("--name", default="csworkbench-qbr", show_default=True, help="Of the job, its files and its log.")
@click.option("--log", type=click.Path(path_type=Path), help="Log file; NAME.log in the current folder by default.")
@click.option("--env-file", type=click.Path(path_type=Path), help="Lines NAME=value: passwords that the run needs.")
@click.argument("options", nargs=-1, metavar="[-- OPTIONS OF QBR]")
def schedule(workspace: Path, scheduler: str | None, output: Path | None, **given: Any) -> int:
    """Write a ready definition that makes the packs of the last quarter on the days after its end.

    The run has the current folder as its own, so that reports/ lies here. What stands after -- is passed on to qbr.
    """
    from ..data.settings import read_settings
    from ..report.schedule import SCHEDULERS, definition

    if scheduler is None:
        choices = ", ".join(f"--{name}" for name in SCHEDULERS)
        raise click.UsageError(f"Name the scheduler: one of {choices}.")
    if given["env_file"] and scheduler in ("airflow", "github"):
        raise click.UsageError(f"--env-file is for --cron and --systemd; {scheduler} keeps secrets itself.")
    folder = workspace.parent if workspace.is_file() else workspace
    settings = read_settings(folder)
    _warn(settings)
    _must_be_taken(str(workspace), given["options"])
    job = _job(folder, settings, given)
    if scheduler == "github":
        texts = definition(scheduler, _in_checkout(job), python_version=_python_version(), install=_install())
    else:
        texts = definition(scheduler, job)
    _tell(texts, output)
    return GOOD


def _job(folder: Path, settings: Settings, given: dict[str, Any]) -> Job:
    from ..report.schedule import Job, Timing

    company = settings.company
    timing = Timing(company.fiscal_year_start, company.time_zone, given["day"], given["days"], given["hour"])
    log, env_file = given["log"], given["env_file"]
    return Job(
        python=sys.executable,
        workspace=str(folder.absolute()),
        folder=str(Path.cwd()),
        timing=timing,
        options=given["options"],
        name=given["name"],
        log=str(log.absolute()) if log else "",
        env_file=str(env_file.absolute()) if env_file else None,
        secrets=_secrets(settings),
    )


def _secrets(settings: Settings) -> tuple[str, ...]:
    """The environment variables that the workspace names."""
    named = [source.url_env for source in settings.sources.values()] + [settings.engine.url_env]
    return tuple(sorted({name for name in named if name}))


def _warn(settings: Settings) -> None:
    if settings.company.exported_on:
        said = f"exported_on = {settings.company.exported_on} in workspace.toml fixes which quarter is the last one"
        click.echo(f"note: {said}. Take it out, or renew it with every export.", err=True)


def _must_be_taken(workspace: str, options: tuple[str, ...]) -> None:
    """Refuse now what qbr would refuse at night."""
    fixed = sorted(_FIXED & {option.partition("=")[0] for option in options})
    if fixed:
        raise CsworkbenchError(f"{fixed[0]} is set by the schedule: --quarter last, with all that is known then.")
    qbr.make_context("qbr", [workspace, "--quarter", "last", *options])


def _in_checkout(job: Job) -> Job:
    """The same job with the workspace as it lies in a checkout of the current folder."""
    from dataclasses import replace

    path = Path(job.workspace)
    if not path.is_relative_to(job.folder):
        raise CsworkbenchError(f"{path} is not below the current folder. Call this in the root of its repository.")
    return replace(job, workspace=str(path.relative_to(job.folder)))


def _python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _install() -> str:
    """How a runner gets csworkbench: as the repository says."""
    for file, arguments in (("requirements.txt", "--requirement requirements.txt"), ("pyproject.toml", ".")):
        if Path(file).is_file():
            return f"python -m pip install {arguments}"
    said = "neither requirements.txt nor pyproject.toml is here, so a runner would not know what to install"
    raise CsworkbenchError(f"{said}. Name csworkbench in one of them.")


def _tell(texts: dict[str, str], output: Path | None) -> None:
    """Print the definition, or write its files and say where they are."""
    if output is None:
        click.echo("\n".join(texts.values()), nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (output / name).write_text(text, encoding="utf-8")
        click.echo(output / name)
