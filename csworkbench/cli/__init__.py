"""The command line; the only place that reads the clock. One file per command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from ..errors import CsworkbenchError
from ..version import __version__
from .check import check
from .diff import diff
from .evaluate import evaluate
from .explore import explore
from .init import init
from .options import GOOD, INTERRUPTED, REFUSED
from .qbr import qbr
from .schedule import schedule
from .score import score
from .simulate import simulate
from .status import status


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", "-V", message="csworkbench %(version)s")
def cli() -> None:
    """Exports of a subscription company in, checked numbers and business review packs out."""


for command in (check, diff, evaluate, explore, init, qbr, schedule, score, simulate, status):
    cli.add_command(command)


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
