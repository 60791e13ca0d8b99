"""The canonical tables: what one row is, columns, types, keys and when a fact became known.

Every table may also carry `recorded_at`, the date on which the company knew the row. Where several rows share a key,
the one recorded last by the as-of date holds.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import UnknownName
from . import customer, service, team
from .table import SQL_TYPES, Column, Table, Type

__all__ = ["PACKS_NEED", "REQUIRED", "SQL_TYPES", "TABLES", "Column", "Table", "Type", "table"]

TABLES: Mapping[str, Table] = {table.name: table for table in (*customer.TABLES, *service.TABLES, *team.TABLES)}
REQUIRED = ("accounts",)
PACKS_NEED = (*REQUIRED, "subscriptions")


def table(name: str) -> Table:
    """The canonical table of that name; UnknownName with the near ones otherwise."""
    if name not in TABLES:
        raise UnknownName("canonical table", name, sorted(TABLES))
    return TABLES[name]
