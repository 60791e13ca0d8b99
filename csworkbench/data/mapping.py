"""Canonical columns from source columns, as workspace.toml says: still text, with file and row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ..errors import Problem
from .read import Raw
from .settings import Settings, TableMap


@dataclass(frozen=True)
class Mapped:
    """A DuckDB relation `mapped_<name>`: the mapped canonical columns as VARCHAR, `_file` and `_row`.

    NULL: not measured. origin: canonical column → source column for messages. mapped: canonical columns there.
    dropped: rule → rows dropped as declared ("where", "distinct"). unused: source columns used nowhere.
    plain: canonical column → "date", "timestamp" or "number": already an ISO date or a plain decimal, because it
    came typed (Excel date, Parquet, database) or from an expression; declared formats do not apply to it.
    """

    name: str
    relation: str
    origin: Mapping[str, str]
    mapped: tuple[str, ...]
    problems: tuple[Problem, ...]
    dropped: Mapping[str, int]
    unused: tuple[str, ...] = ()
    plain: Mapping[str, str] = field(default_factory=dict)


def map_columns(
    connection: duckdb.DuckDBPyConnection, raw: Raw, mapping: TableMap, settings: Settings, folder: Path
) -> Mapped:
    """The relation `mapped_<name>` of the canonical table `raw.name`."""
    raise NotImplementedError
