"""A folder of exports, read as text by the strict readers, and what its values look like."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import duckdb

from ...errors import Problem
from ..read import read_raw
from ..settings import Company, Settings, Source, TableMap
from ..sql import identifier, literal
from .sniff import Declaration, declarations
from .words import word

_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".parquet", ".duckdb", ".db")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Aside:
    """A file that was not used, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Export:
    """One table of an export. declared: what workspace.toml must say to read it. notes: what was guessed about it.

    relation: the DuckDB table of its rows as text. plain: columns that came typed.
    """

    name: str
    declared: Mapping[str, Any]
    relation: str
    columns: tuple[str, ...]
    n_rows: int
    notes: tuple[str, ...] = ()
    plain: Mapping[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The name as it is compared with hints."""
        return word(self.name)


@dataclass(frozen=True)
class Values:
    """What a column holds: rows with a value, different values, the first few of them."""

    n: int
    n_distinct: int
    sample: tuple[str, ...]


class Exports:
    """All exports of a folder, in an engine of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asides: list[Aside] = []
        self._values: dict[tuple[str, str], Values] = {}
        self._fitting: dict[tuple[str, str, tuple[str, ...]], tuple[bool, ...]] = {}

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Where the rows lie."""
        return duckdb.connect(config={"memory_limit": "2GB"})

    @cached_property
    def tables(self) -> tuple[Export, ...]:
        """The exports that could be read; files of the same columns are one export."""
        found: list[Export] = []
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if not path.is_file() or path.name.startswith(".") or path.name == "workspace.toml":
                continue
            if any(part.startswith("_") for part in Path(name).parts):
                self.asides.append(Aside(name, "its name begins with _"))
            elif not path.name.lower().removesuffix(".gz").endswith(_ENDINGS):
                self.asides.append(Aside(name, "it is no kind of file that is read"))
            else:
                found += self._read(path, name, len(found))
        return tuple(self._together(found))

    def _together(self, exports: list[Export]) -> Iterator[Export]:
        """Files of the same columns and the same name but for digits are parts of one export."""
        groups: dict[tuple[Any, ...], list[Export]] = {}
        for export in exports:
            rest = tuple(sorted((k, str(v)) for k, v in export.declared.items() if k != "path"))
            groups.setdefault((export.columns, rest, _DIGITS.sub("", export.stem)), []).append(export)
        for parts in groups.values():
            yield parts[0] if len(parts) == 1 or "path" not in parts[0].declared else self._united(parts)

    def _united(self, parts: list[Export]) -> Export:
        first, relation = parts[0], f"{parts[0].relation}_all"
        selects = " UNION ALL BY NAME ".join(f"SELECT * FROM {identifier(part.relation)}" for part in parts)
        self.connection.execute(f"CREATE VIEW {identifier(relation)} AS {selects}")
        paths = [part.declared["path"] for part in parts]
        note = f"{len(parts)} files of the same columns are read together"
        return replace(
            first,
            name=f"{first.name} and {len(parts) - 1} more",
            declared={**first.declared, "path": paths},
            relation=relation,
            n_rows=sum(part.n_rows for part in parts),
            notes=(*first.notes, note),
        )

    def _read(self, path: Path, name: str, i: int) -> list[Export]:
        read: list[Export] = []
        for declared, notes in self._declarations(path, name):
            sources = {"export": Source(path=name)} if "source" in declared else {}
            settings = Settings(company=Company(name="-"), tables={}, sources=sources)
            raw_name = f"export{i + len(read)}"
            raw = read_raw(self.connection, raw_name, TableMap(**declared), settings, self.folder)
            part = declared.get("sheet") or declared.get("table")
            shown = f"{name} [{part}]" if part else name
            if not raw.columns:
                self.asides.append(Aside(shown, _why(raw.problems)))
                continue
            n_rows = self.one(f"SELECT count(*) FROM {identifier(raw.relation)}")
            damaged = [f"{len(raw.problems)} faults were seen: csworkbench check names them"] if raw.problems else []
            if "source" in declared:
                declared |= {"source": path.stem, "file": name}
            read.append(Export(shown, declared, raw.relation, raw.columns, n_rows, (*notes, *damaged), dict(raw.plain)))
        return read

    def _declarations(self, path: Path, name: str) -> list[Declaration]:
        try:
            return [*declarations(path, name)]
        except (OSError, EOFError, ValueError, KeyError, zlib.error, BadZipFile, duckdb.Error) as error:
            self.asides.append(Aside(name, f"it could not be opened ({type(error).__name__})"))
            return []

    def one(self, sql: str) -> int:
        """The number that a SELECT gives."""
        row = self.connection.execute(sql).fetchone()
        return int(row[0] or 0) if row else 0

    def values(self, export: Export, column: str) -> Values:
        """What the column holds."""
        key = (export.relation, column)
        if key not in self._values:
            v, relation = identifier(column), identifier(export.relation)
            counts = self.connection.execute(f"SELECT count({v}), count(DISTINCT {v}) FROM {relation}").fetchone()
            filled = f"SELECT {v}, min(_row) AS r FROM {relation} WHERE {v} IS NOT NULL GROUP BY 1"
            first = f"{filled} ORDER BY r, 1 LIMIT 50"
            sample = tuple(str(row[0]) for row in self.connection.execute(first).fetchall())
            self._values[key] = Values(int(counts[0]), int(counts[1]), sample) if counts else Values(0, 0, ())
        return self._values[key]

    def fitting(self, export: Export, column: str, values: tuple[str, ...]) -> tuple[bool, ...]:
        """Which of `values`, SQL over the text `x`, are not NULL for any value of the column."""
        key = (export.relation, column, values)
        if key not in self._fitting:
            sample = ", ".join(f"({literal(text)})" for text in self.values(export, column).sample)
            first = self._all_fit(f"(VALUES {sample}) AS v(x)", values)
            rest = tuple(value for value, fits in zip(values, first, strict=True) if fits)
            v = identifier(column)
            whole = f"(SELECT DISTINCT {v} AS x FROM {identifier(export.relation)} WHERE {v} IS NOT NULL)"
            fits_all = dict(zip(rest, self._all_fit(whole, rest), strict=True)) if rest else {}
            self._fitting[key] = tuple(fits_all.get(value, False) for value in values)
        return self._fitting[key]

    def _all_fit(self, relation: str, values: tuple[str, ...]) -> tuple[bool, ...]:
        picks = ", ".join(f"bool_and(({value}) IS NOT NULL)" for value in values)
        return tuple(map(bool, self.connection.execute(f"SELECT {picks} FROM {relation}").fetchone() or ()))

    def is_key(self, export: Export, *columns: str) -> bool:
        """Whether the columns are filled and no two rows share them."""
        relation, names = identifier(export.relation), [*map(identifier, columns)]
        if self.one(f"SELECT count(*) FROM {relation} WHERE {' IS NULL OR '.join(names)} IS NULL"):
            return False
        return self.one(f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(names)} FROM {relation})") == export.n_rows

    def share_found(self, export: Export, column: str, other: Export, key: str) -> float:
        """Share of the different values of a column that are found in a column of another export."""
        mine = f"SELECT DISTINCT {identifier(column)} AS x FROM {identifier(export.relation)}"
        theirs = f"SELECT {identifier(key)} FROM {identifier(other.relation)}"
        n = self.values(export, column).n_distinct
        known = f"SELECT count(*) FROM ({mine}) WHERE x IN ({theirs})"
        return self.one(known) / n if n else 0.0


def _why(problems: Sequence[Problem]) -> str:
    return f"it could not be read: {problems[0].said}" if problems else "it is empty"
