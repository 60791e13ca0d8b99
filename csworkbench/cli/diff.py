"""csworkbench diff: what changed between two quarters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UnknownName
from .options import GOOD

if TYPE_CHECKING:
    from ..story.difference.compare import Difference
    from ..story.difference.told import Told

_BOOK = "all"


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--segment", metavar="NAME", help="Only this segment.")
@click.option("--lang", default="en", show_default=True, help="Language of the text.")
@click.option("--json", "as_json", is_flag=True, help="Every row as JSON, with raw numbers.")
def diff(old: Path, new: Path, segment: str | None, lang: str, as_json: bool) -> int:
    """Show what changed between two quarters: numbers, lists of accounts, definitions and data.

    OLD and NEW are output folders of qbr, or folders of saved measures.
    """
    from ..story.difference.compare import compare
    from ..story.difference.told import load_told
    from .written import as_json as written

    before, after = load_told(old), load_told(new)
    if segment:
        _check(segment, before, after)
    found = compare(before, after, segment)
    if as_json:
        click.echo(written(found.frames, old=found.old, new=found.new, segment=segment or _BOOK))
    else:
        for text in _texts(found, after, lang):
            click.echo(text)
    return GOOD


def _check(segment: str, *sides: Told) -> None:
    frames = [frame for told in sides if (frame := told.frame("mrr_trend")) is not None]
    names = sorted({name for frame in frames for name in frame["segment"]} - {_BOOK})
    if segment not in names:
        raise UnknownName("segment", segment, tuple(names))


def _texts(found: Difference, new: Told, lang: str) -> Iterator[str]:
    from ..report.table import table
    from ..story.catalogue import languages
    from ..story.difference.text import nothing, tables
    from ..story.language import Language

    if lang not in languages():
        raise UnknownName("language", lang, languages())
    company = new.settings.company
    language = Language(lang, company.currency, company.fiscal_year_start)
    if found.is_empty:
        yield nothing(found, language)
        return
    for heading, *rows in tables(found, language):
        if rows:
            yield table(tuple(heading), [tuple(row) for row in rows]) + "\n"
