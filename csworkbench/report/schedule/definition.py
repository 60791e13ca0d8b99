"""A job and its timing in the words of a scheduler."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ...errors import CsworkbenchError
from . import quoting
from .job import Job

LONGEST_CRON_COMMAND_BYTES = 990

_FILES: Mapping[str, Mapping[str, str]] = {
    "cron": {"crontab.j2": "{}.cron"},
    "systemd": {"service.j2": "{}.service", "timer.j2": "{}.timer"},
    "airflow": {"dag.j2": "{}.py"},
    "github": {"workflow.j2": "{}.yml"},
}
SCHEDULERS = tuple(_FILES)


def definition(scheduler: str, job: Job, **more: Any) -> dict[str, str]:
    """File name → text of the definition.

    scheduler: one of SCHEDULERS. more: of "github": python_version, and install, the command that installs csworkbench
    on a runner. Raises CsworkbenchError where the scheduler cannot hold a text.
    """
    rendered = {
        name.format(job.name): _environment().get_template(template).render(job=job, timing=job.timing, **more)
        for template, name in _FILES[scheduler].items()
    }
    if scheduler == "cron":
        _must_fit(rendered)
    return rendered


def _must_fit(rendered: Mapping[str, str]) -> None:
    for text in rendered.values():
        longest = max(len(line.encode()) for line in text.splitlines() if not line.startswith("#"))
        if longest > LONGEST_CRON_COMMAND_BYTES:
            said = f"the line has {longest} bytes, cron takes {LONGEST_CRON_COMMAND_BYTES}"
            raise CsworkbenchError(f"{said}. Use shorter paths, or --systemd.")


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "shell": quoting.for_shell,
        "cron": quoting.for_cron,
        "systemd": quoting.for_systemd,
        "systemd_path": quoting.path_for_systemd,
        "yaml": quoting.for_yaml,
        "python": repr,
    }
    return environment
