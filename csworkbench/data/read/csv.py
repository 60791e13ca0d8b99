"""Delimited text: DuckDB reads a clean file at full speed, a strict scan names every bad row of any other."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path

import duckdb

from ...errors import Problem
from ..settings import TableMap
from ..sql import identifier, literal
from .encoding import Utf8File, as_utf8, count_bytes, written
from .header import PEEKED_ROWS, misplaced, names_of, wrong_delimiter
from .part import Found, Part
from .records import JOINED_LINES, Record, records, splitter
from .scan import Text, scan

BLANKS = "blanks"


def read_csv(
    connection: duckdb.DuckDBPyConnection, target: str, found: Found, mapping: TableMap, wanted: Collection[str]
) -> Part:
    """Fills the table `target` with the file's rows as text.

    delimiter of the mapping: one sign, or "blanks" for columns separated by any run of blanks.
    """
    delimiter = mapping.delimiter or ("\t" if found.path.name.removesuffix(".gz").endswith((".tsv", ".tab")) else ",")
    if delimiter != BLANKS and len(delimiter.encode()) != 1:
        remedy = f'Give one sign such as ";" or "\\t", or "{BLANKS}" for any run of blanks.'
        return Part(problems=(found.problem("bad_delimiter", f'cannot be split at "{delimiter}"', remedy),))
    with ExitStack() as stack:
        file = as_utf8(found, mapping.encoding, " " if delimiter == BLANKS else delimiter, stack)
        if isinstance(file, Problem):
            return Part(problems=(file,))
        if delimiter == BLANKS:
            file, delimiter = _tabbed(file, stack), "\t"
        return _read_text(connection, target, Text(found, file, delimiter, mapping), wanted)


def _tabbed(file: Utf8File, stack: ExitStack) -> Utf8File:
    with file.path.open(encoding="utf-8-sig") as lines:
        path = written(("\t".join([*line.split()]).encode() + b"\n" for line in lines), stack)
    counts = count_bytes(path, "\t")
    assert not isinstance(counts, int)
    return Utf8File(path, replace(counts, digest=file.counts.digest), file.notices)


def _read_text(connection: duckdb.DuckDBPyConnection, target: str, text: Text, wanted: Collection[str]) -> Part:
    found, skip = text.found, text.mapping.skip_rows
    lines = text.lines()
    titles = list(islice(lines, skip))
    head = list(islice(records(lines, splitter(text.delimiter), skip + 1), PEEKED_ROWS))
    if refused := _no_header(text, head, wanted):
        return Part(problems=(refused,), digest=text.file.counts.digest)
    names, problems = names_of(found, head[0].fields or [], skip + 1)
    counts = text.file.counts
    part = Part(names, tuple(problems), text.file.notices, digest=counts.digest, unsound=counts.replaced > 0)
    if _read_fast(connection, target, text, names, head[0], titles):
        return part
    scanned = scan(connection, target, text, names)
    return replace(
        part,
        problems=part.problems + scanned.problems,
        notices=part.notices + scanned.notices,
        refused=scanned.refused,
    )


def _no_header(text: Text, head: list[Record], wanted: Collection[str]) -> Problem | None:
    found, skip = text.found, text.mapping.skip_rows
    if all(record.blank for record in head):
        size = text.file.counts.size
        said = f"is empty ({size:,} bytes)" if not skip else f"has nothing below the {skip} rows that are skipped"
        return found.problem("empty_file", said, "Export it again, or remove its table from workspace.toml.")
    if refused := wrong_delimiter(found, next(islice(text.lines(), skip, None)), skip, wanted, text.delimiter):
        return refused
    if head[0].fields is None:
        remedy = "Remove or double the quote in the header."
        return found.problem("stray_quote", "holds a quote that is not closed in the header", remedy, skip + 1)
    rows = [record.fields or [] for record in head]
    return misplaced(found, rows, skip, wanted)


def _read_fast(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    text: Text,
    names: tuple[str, ...],
    header: Record,
    titles: list[str],
) -> bool:
    """Whether DuckDB read the whole file and every byte of it is accounted for."""
    counts = text.file.counts
    if counts.nul or not counts.plain_lines or header.lines > 1 or '"' in "".join(titles):
        return False
    try:
        connection.execute(f"CREATE TEMP TABLE {identifier(target)} AS {_select(text, names)}")
    except duckdb.Error:
        return False
    if _accounted(connection, target, text, names, titles):
        return True
    connection.execute(f"DROP TABLE {identifier(target)}")
    return False


def _select(text: Text, names: tuple[str, ...]) -> str:
    typed = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    skip = text.mapping.skip_rows + 1
    options = (
        f"auto_detect = false, header = false, skip = {skip}, delim = {literal(text.delimiter)}, quote = '\"', "
        f"escape = '\"', strict_mode = true, null_padding = false, compression = 'none', columns = {{{typed}}}"
    )
    picked = f"*, {literal(text.found.name)} AS _file, row_number() OVER () + {skip} AS _row"
    return f"SELECT {picked} FROM read_csv({literal(_unglobbed(text.file.path))}, {options})"


def _unglobbed(path: Path) -> str:
    """The path with the signs that DuckDB would expand put in brackets."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path.resolve()))


def _accounted(
    connection: duckdb.DuckDBPyConnection, target: str, text: Text, names: tuple[str, ...], titles: list[str]
) -> bool:
    """DuckDB skips blank lines, joins quoted lines and drops empty values beyond the last column without a word.

    All of this shows when its rows and values do not add up to the file's lines and delimiters.
    """
    counts, n_above = text.file.counts, len(titles) + 1
    rows, delimiters, breaks, longest = _inside(connection, target, text, names)
    delimiters += sum(line.count(text.delimiter) for line in islice(text.lines(), n_above))
    expected_lines = rows + breaks + n_above + _blank_tail(text.file.path)
    same_values = counts.delimiters == delimiters + rows * (len(names) - 1)
    may_break = text.mapping.multiline and longest < JOINED_LINES
    return same_values and counts.lines == expected_lines and (may_break or not breaks)


def _inside(
    connection: duckdb.DuckDBPyConnection, target: str, text: Text, names: tuple[str, ...]
) -> tuple[int, int, int, int]:
    """Rows; delimiters and line breaks inside of values; most line breaks inside of one value."""
    if not text.file.counts.quotes:
        row = connection.execute(f"SELECT count(*), 0, 0, 0 FROM {identifier(target)}").fetchone()
    else:
        delimiters = " + ".join(_signs_in(name, text.delimiter) for name in names)
        breaks = [_signs_in(name, "\n") for name in names]
        row = connection.execute(
            f"SELECT count(*), coalesce(sum({delimiters}), 0), coalesce(sum({' + '.join(breaks)}), 0), "
            f"coalesce(max(greatest({', '.join(breaks)})), 0) FROM {identifier(target)}"
        ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2]), int(row[3])


def _signs_in(name: str, sign: str) -> str:
    column = identifier(name)
    return f"coalesce(length({column}) - length(replace({column}, {literal(sign)}, '')), 0)"


def _blank_tail(path: Path) -> int:
    """How many blank lines the file ends in, as far as its last 4 kB tell."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4096))
        tail = stream.read().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return max(0, len(tail) - len(tail.rstrip(b"\n")) - 1)
