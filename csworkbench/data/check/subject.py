"""A table under check, and how its faults become problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from ...errors import Problem, fault
from ...schema import Table
from ..mapping import Mapped
from ..mask import shown
from ..settings import Settings, TableMap
from ..sql import identifier

SAMPLE = 20


@dataclass(frozen=True)
class Subject:
    """A canonical table in the check: `typed_<name>` holds its typed columns, `_file`, `_row` and `r_<column>`.

    `r_<column>` is the id of the rule that the cell breaks; such a cell is NULL. readable: the header could be read.
    """

    connection: duckdb.DuckDBPyConnection
    table: Table
    mapping: TableMap
    mapped: Mapped
    settings: Settings
    readable: bool = True

    @property
    def name(self) -> str:
        """The name of the canonical table."""
        return self.table.name

    @property
    def relation(self) -> str:
        """The typed table."""
        return identifier(f"typed_{self.name}")

    def has(self, *columns: str) -> bool:
        """Whether the export fills all these columns."""
        return all(column in self.mapped.mapped for column in columns)

    def label(self, column: str) -> str:
        """The column as the export calls it."""
        return self.mapped.origin.get(column, column)

    def personal(self, columns: Sequence[str]) -> bool:
        """Whether any of the columns is personal."""
        return any(self.table.column(column).personal for column in columns if column in self.table.names)

    def problem(
        self,
        rule: str,
        column: str,
        file: str,
        count: int,
        sample: Sequence[Mapping[str, Any]],
        *,
        tolerated: bool = False,
        **words: object,
    ) -> Problem:
        """The problem of a rule in a file. sample: the first rows, each with `row`, `value` and more words."""
        first = sample[0]
        personal = self.personal(column.split(", "))
        others = {name: value for name, value in first.items() if name not in ("row", "value")}
        more = {name: shown(value, personal=personal and name == "other") for name, value in others.items()}
        names = dict.fromkeys(shown(item["value"], personal=personal) for item in sample)
        more["sample"] = ", ".join(f'"{name}"' for name in [*names][:5])
        problem = fault(
            rule,
            file,
            int(first["row"]),
            self.label(column),
            value=shown(first["value"], personal=personal),
            count=count,
            tolerated=tolerated,
            rows=tuple(int(item["row"]) for item in sample),
            **{"table": self.name, "field": column, **more, **words},
        )
        if not tolerated:
            return problem
        policy = str(words["policy"])
        return replace(problem, remedy=f'Declared: {policy} = "{getattr(self.mapping, policy)}".')


def grouped(connection: duckdb.DuckDBPyConnection, source: str, when: str, words: Mapping[str, str]) -> list[Any]:
    """(file, count, different values, first rows) per file of the rows of `source` for which the condition holds.

    words: name → SQL of its text; `value` among them.
    """
    fields = ", ".join(f"{name}: left(CAST({sql} AS VARCHAR), 200)" for name, sql in words.items())
    different = f"count(DISTINCT {words['value']})"
    return connection.execute(
        f"SELECT _file, count(*), {different}, arg_min({{row: _row, {fields}}}, _row, {SAMPLE}) FROM {source}"
        f" WHERE {when} GROUP BY _file ORDER BY _file"
    ).fetchall()
