"""What several commands take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

GOOD, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130


class Day(click.ParamType[date]):
    """A day, written YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a refusal that says how to write it."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is not a date. Write it as YYYY-MM-DD.', param, ctx)


def listed(context: click.Context, option: click.Parameter, text: str | None) -> tuple[str, ...]:
    """The parts of a comma-separated list."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def pairs(context: click.Context, option: click.Parameter, texts: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE texts as a mapping."""
    for text in texts:
        if "=" not in text:
            raise click.BadParameter(f'"{text}" is not NAME=VALUE')
    return dict(text.split("=", 1) for text in texts)


WORKSPACE = click.argument("workspace", type=click.Path(path_type=Path))
AS_OF = click.option("--as-of", type=Day(), help="Use only what was known on this day (YYYY-MM-DD).")
