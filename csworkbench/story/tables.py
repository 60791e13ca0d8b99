"""Frames as HTML tables and CSV: the one place where values become markup."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from .language import MISSING, Language, is_missing
from .text import csv_cell, shown

Formatter = Callable[[Language, Any], str]

FORMATS: Mapping[str, Formatter] = {
    "text": lambda language, value: MISSING if is_missing(value) else shown(value),
    "long": lambda language, value: MISSING if is_missing(value) else shown(value, 400),
    "short": lambda language, value: MISSING if is_missing(value) else shown(value),
    "interval": lambda language, value: MISSING if is_missing(value) else shown(value),
    "money": Language.money,
    "money_change": Language.money_change,
    "share": Language.percent,
    "share0": lambda language, value: language.percent(value, 0),
    "chance": Language.chance,
    "share_change": Language.percent_change,
    "points": Language.points,
    "number": lambda language, value: language.number(value, 2),
    "fine": lambda language, value: language.number(value, 3),
    "count": Language.number,
    "change": Language.change,
    "one": lambda language, value: language.number(value, 1),
    "date": Language.date,
    "quarter": lambda language, value: MISSING if is_missing(value) else language.quarter(value),
}
_CLASSES = {"text": "", "quarter": "", "date": "cs-date", "long": "cs-long", "short": "cs-short"}
_NUMBERS = "cs-num"
_MARK = quote("\ufeff")
# Letters of any language stay, in a third of the bytes.
_ESCAPED = re.compile(r"[^\w .,;)/+*=!?'~-]")


@dataclass(frozen=True)
class Column:
    """One column of a table: its name in the frame, its heading as read, and the kind of its values (FORMATS)."""

    name: str
    label: str
    kind: str = "text"

    def write(self, language: Language, value: Any) -> str:
        """The value as the reader sees it."""
        return FORMATS[self.kind](language, value)


def table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    language: Language,
    caption: str,
    classes: Mapping[tuple[int, str], str] | None = None,
    total: int | None = None,
) -> Markup:
    """A captioned table with scoped headings; the first column names the row.

    classes: (row position, column) → further class of that cell. total: position of the row that sums up.
    """
    head = Markup("").join(_heading(column, names_row=at == 0) for at, column in enumerate(columns))
    marks = classes or {}
    rows = (
        _row(row, columns, language, {c.name: marks.get((at, c.name), "") for c in columns}, at == total)
        for at, row in enumerate(frame.to_dict("records"))
    )
    return Markup(
        '<div class="cs-scroll" role="region" aria-label="{label}" tabindex="0"><table class="cs-table">'
        "<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    ).format(label=caption, caption=caption, head=head, rows=Markup("").join(rows))


def _class(*names: str) -> Markup:
    given = " ".join(filter(None, names))
    return Markup(' class="{}"').format(given) if given else Markup("")


def _heading(column: Column, names_row: bool) -> Markup:
    kind = Markup("") if names_row else _class(_CLASSES.get(column.kind, _NUMBERS))
    return Markup('<th scope="col"{}>{}</th>').format(kind, column.label)


def _row(
    row: Mapping[Any, Any], columns: Sequence[Column], language: Language, marks: Mapping[str, str], total: bool
) -> Markup:
    first, *others = columns
    name = _isolated(first, first.write(language, row[first.name]))
    cells = [Markup('<th scope="row"{}>{}</th>').format(_class(marks[first.name]), name)]
    cells += [_cell(column, column.write(language, row[column.name]), marks[column.name]) for column in others]
    opening = Markup('<tr class="cs-total">') if total else Markup("<tr>")
    return opening + Markup("").join(cells) + Markup("</tr>")


def _cell(column: Column, text: str, mark: str) -> Markup:
    kind = _class(_CLASSES.get(column.kind, _NUMBERS), mark)
    return Markup("<td{}>{}</td>").format(kind, _isolated(column, text))


def _isolated(column: Column, text: str) -> Markup:
    foreign = column.kind in ("text", "short", "long") and not text.isascii()
    return Markup("<bdi>{}</bdi>").format(text) if foreign else Markup.escape(text)


def csv_text(frame: pd.DataFrame, columns: Sequence[Column]) -> str:
    """The raw values as CSV, headings as read; texts that a spreadsheet would run are prefixed."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([csv_cell(column.label) for column in columns])
    for row in frame.to_dict("records"):
        writer.writerow([_raw(row[column.name]) for column in columns])
    return file.getvalue()


def csv_uri(frame: pd.DataFrame, columns: Sequence[Column]) -> str:
    """The CSV as a data: address with a byte-order mark, so that spreadsheets read Japanese."""
    return "data:text/csv;charset=utf-8," + _MARK + _ESCAPED.sub(_escape, csv_text(frame, columns))


def _escape(sign: re.Match[str]) -> str:
    return quote(sign[0], errors="replace")


def _raw(value: Any) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    return csv_cell(value) if isinstance(value, str) else str(value)
