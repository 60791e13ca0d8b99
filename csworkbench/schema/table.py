"""How a canonical table is described: columns, types, keys and when a fact became known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import UnknownName

Type = Literal["key", "text", "int", "number", "money", "share", "date", "timestamp", "flag"]

SQL_TYPES: Mapping[Type, str] = {
    "key": "VARCHAR",
    "text": "VARCHAR",
    "int": "BIGINT",
    "number": "DOUBLE",
    "money": "DECIMAL(18, 4)",
    "share": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "flag": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    type: `key` and `text` stay text; `money` is a decimal in `currency`; `share` lies in [0, 1]; `date` is a local
    business date; `timestamp` is local time in the reporting time zone; `flag` is true or false.
    required: must be mapped and never empty. personal: masked wherever it is shown.
    low, high: allowed range, both included. choices: allowed values (after value maps), or empty for any.
    ahead: may lie after the day of the export (a plan, a due date, an end already agreed).
    """

    name: str
    type: Type
    required: bool = False
    personal: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    ahead: bool = False


@dataclass(frozen=True)
class Table:
    """One canonical table.

    grain: what one row is. key: columns that together are unique (with recorded_at where mapped).
    occurred: the date column on which the row became a fact; a row is unknown before it. None: no date, not as of.
    hidden_until: column → date columns; the value is unknown until the first of them that is filled.
    references: column → table whose key it must be found in.
    span: (from, to) date columns of a half-open period, to is the first day on which the row no longer holds.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    occurred: str | None = None
    hidden_until: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    span: tuple[str, str] | None = None

    def column(self, name: str) -> Column:
        """The column of that name; UnknownName with the near ones otherwise."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownName(f"column in table {self.name}", name, self.names)

    @property
    def happened(self) -> str | None:
        """The column of the day on which a row happened; None where there is none, or where it may be a plan."""
        return self.occurred if self.occurred and not self.column(self.occurred).ahead else None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)


def _columns(text: str) -> tuple[Column, ...]:
    """Columns from lines of `name type option …`; options: required personal ahead low=0 high=1 in=a|b."""
    return tuple(_column(line.split()) for line in text.strip().splitlines())


def _column(words: list[str]) -> Column:
    name, type_, *options = words
    named = dict(option.split("=") for option in options if "=" in option)
    return Column(
        name,
        type_,  # type: ignore[arg-type]
        required="required" in options,
        personal="personal" in options,
        low=float(named["low"]) if "low" in named else (0.0 if type_ == "share" else None),
        high=float(named["high"]) if "high" in named else (1.0 if type_ == "share" else None),
        choices=tuple(named["in"].split("|")) if "in" in named else (),
        ahead="ahead" in options,
    )


ACCOUNT = {"account_id": "accounts"}
CSM = {"csm_id": "csms"}
_RECORDED = Column("recorded_at", "date")


def declare(
    name: str,
    grain: str,
    key: str,
    columns: str,
    occurred: str | None = None,
    hidden_until: Mapping[str, tuple[str, ...]] | None = None,
    references: Mapping[str, str] | None = None,
    span: tuple[str, str] | None = None,
) -> Table:
    """A table from its texts: key columns parted by blanks, one line `name type option …` per column."""
    parsed = (*_columns(columns), _RECORDED)
    return Table(name, grain, tuple(key.split()), parsed, occurred, hidden_until or {}, references or {}, span)


def until(*names: str) -> dict[str, tuple[str, ...]]:
    """Columns that are dates of their own: unknown until they come."""
    return {name: (name,) for name in names}
