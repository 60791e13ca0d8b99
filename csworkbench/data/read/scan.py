"""The slow, strict reading of delimited text: every bad row is named with its number, every good one is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import duckdb

from ...errors import Problem
from ..settings import TableMap
from .encoding import Utf8File
from .part import Faults, Found, NumberedRow, Part, blank_rows, create_table, insert_rows
from .records import Record, records, splitter


@dataclass(frozen=True)
class Text:
    """A delimited text file to read: what was found, its UTF-8 copy, its delimiter and its mapping."""

    found: Found
    file: Utf8File
    delimiter: str
    mapping: TableMap

    def lines(self) -> Iterator[str]:
        """The file's lines without their ends; every kind of line end counts."""
        with self.file.path.open(encoding="utf-8-sig") as lines:
            for line in lines:
                yield line.removesuffix("\n")

    def problem(self, rule: str, said: str, remedy: str, row: int) -> Problem:
        """A problem of one row."""
        return self.found.problem(rule, said, remedy, row)


@dataclass
class _Seen:
    faults: Faults = field(default_factory=Faults)
    blank: int = 0


def scan(connection: duckdb.DuckDBPyConnection, target: str, text: Text, names: tuple[str, ...]) -> Part:
    """Fills the table `target` with the good rows; the part holds the problems of the others."""
    create_table(connection, target, names)
    seen = _Seen()
    skip = text.mapping.skip_rows
    found = records(islice(text.lines(), skip, None), splitter(text.delimiter), skip + 1)
    next(found)
    insert_rows(connection, target, names, text.found.name, _good(found, text, len(names), seen))
    notices = (blank_rows(text.found, seen.blank),) if seen.blank else ()
    return Part(names, seen.faults.problems, notices, refused=seen.faults.refused)


def _good(found: Iterator[Record], text: Text, width: int, seen: _Seen) -> Iterator[NumberedRow]:
    held: Record | None = None
    for record in found:
        if held:
            seen.faults.refuse(_fault(held, text, width, cut=False))
            held = None
        fields = record.fields
        if fields and len(fields) == width and fields[0] and record.lines == 1 and not text.file.counts.nul:
            yield record.row, fields
        elif _is_blank(record, width):
            seen.blank += 1
        elif fields is None or _is_faulty(record, text, width):
            held = record
        else:
            yield record.row, fields
    if held:
        seen.faults.refuse(_fault(held, text, width, cut=text.file.counts.ends_open))


def _is_blank(record: Record, width: int) -> bool:
    """Whether it has no value; blanks alone are a value where a row has but one column."""
    if record.fields is None or not any(record.fields):
        return record.fields is not None
    return width > 1 and len(record.fields) == 1 and record.blank


def _is_faulty(record: Record, text: Text, width: int) -> bool:
    fields = record.fields or []
    broken = record.lines > 1 and not text.mapping.multiline
    return broken or len(fields) != width or any("\0" in value for value in fields)


def _fault(record: Record, text: Text, width: int, *, cut: bool) -> Problem:
    """The problem of a faulty record. cut: it is the last one and has no line end."""
    if record.fields is None:
        remedy = "Double the quote, close it, or export the file again."
        return text.problem("stray_quote", "holds a quote that is not closed where its value ends", remedy, record.row)
    if record.lines > 1 and not text.mapping.multiline:
        said = f"holds a quoted value that runs over {record.lines} lines"
        remedy = "Close the stray quote, or declare multiline = true if its texts hold line breaks."
        return text.problem("quoted_line_break", said, remedy, record.row)
    if any("\0" in value for value in record.fields):
        remedy = "Export the file again; the byte is damage, or the file is in another encoding."
        return text.problem("nul_byte", "holds a NUL byte", remedy, record.row)
    return _wrong_width(record.row, record.fields, cut, text, width)


def _wrong_width(row: int, fields: list[str], cut: bool, text: Text, width: int) -> Problem:
    n = len(fields)
    if n < width and cut:
        said = f"ends the file after {n} of {width} values, without a line end"
        return text.problem("cut_row", said, "The file was cut; export it again.", row)
    if n < width:
        said = f"holds {n} of {width} values"
        return text.problem("too_few_values", said, "The row was cut; export the file again.", row)
    said = f"holds {n} values for {width} columns"
    if not any(fields[width:]):
        remedy = "Remove the delimiters at the end of the row."
        return text.problem("trailing_delimiter", f"{said}; those beyond are empty", remedy, row)
    remedy = "Put quotes around a value that holds the delimiter, or remove the extra value."
    return text.problem("too_many_values", said, remedy, row)
