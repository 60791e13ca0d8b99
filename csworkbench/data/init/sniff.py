"""How the files of an export must be read: encoding, delimiter, sheets, title rows above the header."""

from __future__ import annotations

import codecs
import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from ..read.files import kind_of

_ENCODINGS = ("cp932", "euc_jp", "cp1252")
_DELIMITERS = (",", ";", "\t", "|")
_PEEKED_LINES = 40

Declaration = tuple[dict[str, Any], list[str]]


def declarations(path: Path, name: str) -> Iterator[Declaration]:
    """What workspace.toml must say to read each table of the file, and what was guessed about it.

    Raises what the readers of the file raise.
    """
    kind = kind_of(path)
    if kind == "xlsx":
        yield from _sheets(path, name)
    elif kind == "duckdb":
        yield from _duckdb_tables(path)
    elif kind in ("csv", "gzip"):
        yield _text(path, name)
    else:
        yield {"path": name}, []


def _text(path: Path, name: str) -> Declaration:
    """How a delimited file must be read: encoding, delimiter, title rows above the header."""
    data = path.read_bytes()
    data = gzip.decompress(data) if kind_of(path) == "gzip" else data
    declared: dict[str, Any] = {"path": name}
    notes = []
    codec = _codec(data)
    if codec not in ("utf-8", "marked"):
        declared["encoding"] = codec
        notes.append(f"it is not UTF-8; every byte can be read as {codec}: a guess, look at some names")
    text = data.decode(_marked(data) if codec == "marked" else codec, errors="replace")
    lines = text.splitlines()[:_PEEKED_LINES]
    delimiter = _delimiter(lines)
    default = "\t" if path.name.lower().removesuffix(".gz").endswith((".tsv", ".tab")) else ","
    if delimiter != default:
        declared["delimiter"] = delimiter
        notes.append(f"the columns are separated by {delimiter!r}")
    skip = _title_rows([*csv.reader(lines, delimiter=delimiter)])
    if skip:
        declared["skip_rows"] = skip
        notes.append(f"{skip} rows above the header were taken for a title")
    return declared, notes


def _codec(data: bytes) -> str:
    if _marked(data) != "utf-8":
        return "marked"
    for codec in ("utf-8", *_ENCODINGS):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if codec != "cp932" or not _half_width(text) or not _decodes(data, "euc_jp"):
            return codec
    return "latin-1"


def _marked(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"


def _half_width(text: str) -> bool:
    """Whether half-width katakana prevail, as when EUC-JP is read as CP932."""
    kana = sum("｡" <= sign <= "ﾟ" for sign in text)
    return kana > sum(sign > "\u2fff" for sign in text) / 2


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: list[str]) -> str:
    def score(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        width, n = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        return (n if width > 1 else 0, width)

    return max(_DELIMITERS, key=score)


def _title_rows(rows: list[list[Any]]) -> int:
    """Rows above the header: blank, or one cell wide where the later rows are wider."""
    filled = [sum(cell not in (None, "") for cell in row) for row in rows]
    widest = max(filled, default=0)
    return next((i for i, n in enumerate(filled) if n >= min(2, widest) and n > widest / 2), 0)


def _sheets(path: Path, name: str) -> Iterator[Declaration]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            rows = [list(row) for row in islice(sheet.iter_rows(values_only=True), _PEEKED_LINES)]
            skip = _title_rows(rows)
            declared: dict[str, Any] = {"path": name, "sheet": sheet.title}
            yield (declared | {"skip_rows": skip}, [f"{skip} rows above the header"]) if skip else (declared, [])
    finally:
        book.close()


def _duckdb_tables(path: Path) -> Iterator[Declaration]:
    with duckdb.connect(str(path), read_only=True) as source:
        names = [row[0] for row in source.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
    for table in names:
        yield {"source": "export", "table": table}, []
