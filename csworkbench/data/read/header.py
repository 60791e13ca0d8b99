"""The header row: where it is, which names it gives, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from ...errors import Problem
from .part import Found

RESERVED = ("_file", "_row")
UNNAMED = "unnamed column "
PEEKED_ROWS = 30
_DELIMITERS = {";": ";", "\t": "\\t", "|": "|", ",": ","}


def names_of(found: Found, cells: Sequence[str], row: int) -> tuple[tuple[str, ...], list[Problem]]:
    """Distinct column names from the cells of the header, and its problems; an empty cell gets a number."""
    problems = [*_duplicates(found, cells, row), *_faulty(found, cells, row)]
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = (cell.strip() and cell) or f"{UNNAMED}{position}"
        while name.lower() in {*(taken.lower() for taken in names), *RESERVED}:
            name += f" ({position})"
        names.append(name)
    return tuple(names), problems


def _duplicates(found: Found, cells: Sequence[str], row: int) -> list[Problem]:
    counted = Counter(cell.lower() for cell in cells if cell.strip())
    problems = []
    for low, n in counted.items():
        if n > 1:
            same = [cell for cell in cells if cell.lower() == low]
            said = f"names {n} columns" if len(set(same)) == 1 else f"differs only in case from {_quoted(same[1:])}"
            remedy = "Give every column its own name in the export."
            problems.append(found.problem("duplicate_column", said, remedy, row, same[0]))
    return problems


def _faulty(found: Found, cells: Sequence[str], row: int) -> list[Problem]:
    problems = []
    for cell in cells:
        if cell.lower() in RESERVED:
            said = "is a name that csworkbench uses itself"
            problems.append(found.problem("reserved_column", said, "Rename the column in the export.", row, cell))
        if "\ufffd" in cell or "\0" in cell:
            remedy = "Export the file again with the right encoding."
            problems.append(found.problem("damaged_name", "is a damaged column name", remedy, row, cell))
    return problems


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in dict.fromkeys(names))


def misplaced(found: Found, rows: Sequence[Sequence[str]], skip_rows: int, wanted: Collection[str]) -> Problem | None:
    """The refusal of a header that is none because title rows stand above it.

    rows: the first rows from where the header should be. wanted: names that workspace.toml mentions.
    """
    below = _header_below(rows, wanted)
    if not below and not any(cell.strip() for cell in rows[0]):
        said, remedy = "is blank, but it should be the header", "Write the column names there, or declare skip_rows."
        return found.problem("blank_header", said, remedy, skip_rows + 1)
    if not below:
        return None
    said = f"is {'blank' if not any(rows[0]) else 'a title'}, not the header; the header is row {skip_rows + below + 1}"
    return found.problem("title_rows", said, f"Declare skip_rows = {skip_rows + below}.", skip_rows + 1)


def wrong_delimiter(
    found: Found, header: str, skip_rows: int, wanted: Collection[str], delimiter: str
) -> Problem | None:
    """The refusal of a header line that only splits at another delimiter."""
    if delimiter in header or header.strip('" ') in wanted:
        return None
    other = next((sign for sign in _DELIMITERS if sign in header), None)
    if other is None:
        return None
    said = f'has a single column for the delimiter "{_DELIMITERS.get(delimiter, delimiter)}"'
    remedy = f'Declare delimiter = "{_DELIMITERS[other]}".'
    return found.problem("wrong_delimiter", said, remedy, skip_rows + 1)


def _header_below(rows: Sequence[Sequence[str]], wanted: Collection[str]) -> int:
    """How many title rows stand above the header; 0 when the first row is it."""
    known = [len(set(cells) & set(wanted)) for cells in rows[:PEEKED_ROWS]]
    best = max(range(len(known)), key=lambda i: (known[i], -i))
    if known[best] > known[0] and known[0] == 0:
        return best
    filled = [sum(1 for cell in cells if cell.strip()) for cells in rows[:PEEKED_ROWS]]
    if known[0] == 0 and filled[0] <= 1 and max(filled) > filled[0]:
        return next(i for i, n in enumerate(filled) if n > filled[0])
    return 0
