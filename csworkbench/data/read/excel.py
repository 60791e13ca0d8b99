"""Excel .xlsx sheets: real dates as ISO, whole numbers without ".0", stored results of formulas."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain, islice
from typing import Any

import duckdb
import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from ...errors import Problem, suggestion
from ..settings import TableMap
from ..sql import identifier
from .header import PEEKED_ROWS, misplaced, names_of
from .parquet import file_digest
from .part import Faults, Found, NumberedRow, Part, create_table, insert_rows
from .plain import plain_text

LONGEST_EXACT = 10**15
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z0-9:]+)"')
_KINDS = {"n": "number", "d": "timestamp"}


@dataclass
class _Seen:
    faults: Faults = field(default_factory=Faults)
    kinds: list[set[str]] = field(default_factory=list)


def read_excel(
    connection: duckdb.DuckDBPyConnection, target: str, found: Found, mapping: TableMap, wanted: Collection[str]
) -> Part:
    """Fills the table `target` with the sheet's cells as plain text."""
    digest = file_digest(found)
    try:
        book = openpyxl.load_workbook(found.path, read_only=True, data_only=True)
        try:
            sheet = _sheet(found, book, mapping.sheet)
            if isinstance(sheet, Problem):
                return Part(problems=(sheet,), digest=digest)
            part = _read_sheet(connection, target, found, sheet, mapping, wanted)
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError, SyntaxError) as error:
        connection.execute(f"DROP TABLE IF EXISTS {identifier(target)}")
        said = f"is cut or damaged, or not an .xlsx file ({str(error)[:100]})"
        remedy = "Open it in the spreadsheet program and save it again as .xlsx."
        return Part(problems=(found.problem("corrupt_xlsx", said, remedy),), digest=digest)
    return replace(part, digest=digest)


def _sheet(found: Found, book: Any, wanted: str | None) -> Any:
    names = [sheet.title for sheet in book.worksheets]
    if wanted is None and len(names) == 1:
        return book.worksheets[0]
    if wanted in names:
        return book[wanted]
    listed = ", ".join(f'"{name}"' for name in names)
    if wanted is None:
        said = f"has {len(names)} sheets"
        return found.problem("which_sheet", said, f"Declare sheet = one of {listed}.")
    said = f'has no sheet "{wanted}"; its sheets are {listed}'
    return found.problem("missing_sheet", said, f"Correct sheet in workspace.toml.{suggestion(wanted, names)}")


def _read_sheet(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    found: Found,
    sheet: Any,
    mapping: TableMap,
    wanted: Collection[str],
) -> Part:
    sheet.reset_dimensions()
    skip = mapping.skip_rows
    cells = iter(sheet.iter_rows(min_row=skip + 1))
    head = list(islice(cells, PEEKED_ROWS))
    titles = [[plain_text(cell.value) or "" for cell in row] for row in head]
    if not any(any(row) for row in titles):
        said = f'is empty in sheet "{sheet.title}"'
        return Part(problems=(found.problem("empty_file", said, "Export it again, or remove its table."),))
    if refused := misplaced(found, titles, skip, wanted):
        return Part(problems=(refused,))
    names, problems = names_of(found, _trimmed(titles[0]), skip + 1)
    seen = _Seen(kinds=[set() for _ in names])
    create_table(connection, target, names)
    rows = _text_rows(found, chain(head[1:], cells), names, skip + 2, seen)
    insert_rows(connection, target, names, found.name, rows)
    problems += [*_merged(found, _markup(found, sheet), skip), *_uncomputed(found, sheet, skip, len(names))]
    return Part(names, (*problems, *seen.faults.problems), refused=seen.faults.refused, plain=_plain(names, seen.kinds))


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _plain(names: Sequence[str], kinds: list[set[str]]) -> dict[str, str]:
    return {
        name: _KINDS[next(iter(kind))]
        for name, kind in zip(names, kinds, strict=True)
        if len(kind) == 1 and kind <= set(_KINDS)
    }


def _text_rows(
    found: Found, rows: Iterator[Sequence[Any]], names: Sequence[str], first: int, seen: _Seen
) -> Iterator[NumberedRow]:
    for number, cells in enumerate(rows, first):
        faults = [_cell_fault(found, cell, number, name) for cell, name in zip(cells, names, strict=False)]
        faults += [_beyond(found, cell, number) for cell in cells[len(names) :] if cell.value not in (None, "")]
        bad = [fault for fault in faults if fault]
        if bad:
            seen.faults.refuse(bad[0])
            for fault in bad[1:]:
                seen.faults.add(fault)
            continue
        values: list[str | None] = [_text(cell) for cell in cells[: len(names)]]
        for cell, kind in zip(cells, seen.kinds, strict=False):
            if cell.value not in (None, ""):
                kind.add(cell.data_type)
        yield number, values + [None] * (len(names) - len(values))


def _cell_fault(found: Found, cell: Any, row: int, name: str) -> Problem | None:
    if cell.data_type == "e":
        said, remedy = "is the error of a formula", "Mend the formula, or clear the cell."
        return found.problem("formula_error", said, remedy, row, name, value=str(cell.value))
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= LONGEST_EXACT:
        said = "is a number of more than 15 digits, which a spreadsheet does not keep exactly"
        return found.problem("number_too_long", said, "Export the column as text.", row, name, value=_text(cell) or "")
    return None


def _beyond(found: Found, cell: Any, row: int) -> Problem:
    said = f"holds a value in column {cell.column_letter}, to the right of the header"
    return found.problem("too_many_values", said, "Name the column in the header, or clear the cell.", row)


def _text(cell: Any) -> str | None:
    value = cell.value
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and re.fullmatch("0+", str(cell.number_format)):
        return str(value).zfill(len(cell.number_format))
    return plain_text(value)


def _merged(found: Found, markup: Iterable[bytes], skip: int) -> list[Problem]:
    """Merged cells from the header down; only the first cell of each holds the value."""
    faults = Faults()
    for match in chain.from_iterable(map(_MERGED.finditer, markup)):
        reference = match[1].decode()
        _, top, _, bottom = range_boundaries(reference)
        if bottom and top and bottom > skip:
            said = f"has the merged cells {reference}; only the first of them holds a value"
            faults.add(found.problem("merged_cells", said, "Unmerge them and fill every cell.", max(top, skip + 1)))
    return list(faults.problems)


def _markup(found: Found, sheet: Any) -> Iterator[bytes]:
    """The sheet's XML in pieces that end after a tag."""
    with zipfile.ZipFile(found.path) as archive, archive.open(sheet._worksheet_path) as stream:
        rest = b""
        while chunk := stream.read(1 << 20):
            whole, sign, rest = (rest + chunk).rpartition(b">")
            yield whole + sign


def _uncomputed(found: Found, sheet: Any, skip: int, width: int) -> list[Problem]:
    """Formulas without a stored result: the program that wrote the file never computed them."""
    if not any(b"<f" in piece for piece in _markup(found, sheet)):
        return []
    faults = Faults()
    formulas = openpyxl.load_workbook(found.path, read_only=True)
    try:
        written = formulas[sheet.title].iter_rows(min_row=skip + 1, max_col=width)
        computed = sheet.iter_rows(min_row=skip + 1, max_col=width)
        for row, (cells, results) in enumerate(zip(written, computed, strict=False), skip + 1):
            for cell, result in zip(cells, results, strict=False):
                if cell.data_type == "f" and result.value is None:
                    said = f"has a formula without a stored result in cell {cell.coordinate}"
                    remedy = "Open the file in the spreadsheet program and save it, or export values."
                    faults.add(found.problem("formula_without_result", said, remedy, row))
    finally:
        formulas.close()
    return list(faults.problems)
