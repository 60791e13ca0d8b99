"""One table of the workspace as text, with the file and the row of every value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ...errors import Problem
from ..settings import Settings, TableMap


@dataclass(frozen=True)
class SourceFile:
    """One file (or database table) that was read.

    name: relative to the workspace, as in `_file`. sha256: of its bytes (of its rows for a database).
    rows: data rows read. columns: its header.
    """

    name: str
    sha256: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Raw:
    """A DuckDB table `raw_<name>`: one VARCHAR column per source column, `_file` VARCHAR and `_row` BIGINT.

    An empty field is NULL; every other text is as written. `_row` is the row as a spreadsheet counts (header = 1).
    columns: header names over all files; () when nothing could be read. problems: structural faults; the rows that
    have one are not in the table. plain: columns that came with a type (date or number), so their text is an ISO date
    or a plain decimal whatever format is declared. content_hash: changes when any value changes.
    """

    name: str
    relation: str
    columns: tuple[str, ...]
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    content_hash: str
    files: tuple[SourceFile, ...]
    plain: Mapping[str, str] = field(default_factory=dict)


def read_raw(
    connection: duckdb.DuckDBPyConnection, name: str, mapping: TableMap, settings: Settings, folder: Path
) -> Raw:
    """The table `raw_<name>` in that connection, from the file(s) or database named by the mapping."""
    raise NotImplementedError
