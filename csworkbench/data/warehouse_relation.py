"""What stands after FROM for a canonical table that lies in a database: typed, and with every column."""

from __future__ import annotations

from collections.abc import Mapping

from .. import schema
from .engine import Kind, Tables
from .settings import Settings
from .sql import identifier, literal


def relation_of(name: str, namespace: str, found: Tables, settings: Settings) -> str:
    """The table as a subselect: canonical types, NULL for columns that are not there, money in the company currency.

    Internal accounts and what belongs to them are left out; facts without their account too, where declared.
    """
    columns = found[name]
    picks = ", ".join(
        f"{_value(column, columns, settings)} AS {identifier(column.name)}" for column in schema.table(name).columns
    )
    conditions = _conditions(name, namespace, found, settings)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"(SELECT {picks} FROM {qualified(namespace, name)}{where}) AS {identifier(name)}"


def qualified(namespace: str, name: str) -> str:
    """The table's full name. namespace: the schema as it stands in a query."""
    return f"{namespace}.{identifier(name)}"


def _value(column: schema.Column, columns: Mapping[str, Kind], settings: Settings) -> str:
    kind = schema.SQL_TYPES[column.type]
    if column.name not in columns:
        return f"CAST(NULL AS {kind})"
    value = identifier(column.name)
    if columns[column.name].meaning == "TIMESTAMPTZ":
        value = f"({value} AT TIME ZONE {literal(settings.company.time_zone)})"
    if column.name in ("mrr", "amount", "currency") and "currency" in columns:
        value = _converted(value, column.name, settings)
    return f"CAST({value} AS {kind})"


def _converted(value: str, name: str, settings: Settings) -> str:
    """Amounts in the company's currency: one unit of another one is worth its declared rate."""
    if not settings.rates:
        return value
    if name == "currency":
        codes, company = literal([*settings.rates]), literal(settings.company.currency)
        return f"CASE WHEN {value} IN {codes} THEN {company} ELSE {value} END"
    cases = " ".join(
        f"WHEN {literal(code)} THEN CAST({value} AS DECIMAL(18, 4)) * CAST({rate!r} AS DECIMAL(18, 12))"
        for code, rate in settings.rates.items()
    )
    return f"CASE CAST(currency AS VARCHAR) {cases} ELSE {value} END"


def _conditions(name: str, namespace: str, found: Tables, settings: Settings) -> list[str]:
    internal = internal_rows(name, namespace, found)
    conditions = [f"NOT coalesce({internal}, FALSE)"] if internal else []
    mapping = settings.tables.get(name)
    if name != "accounts" and "account_id" in found[name] and mapping and mapping.on_orphan == "drop":
        conditions.append(f"{_ACCOUNT} IN (SELECT {_ACCOUNT} FROM {qualified(namespace, 'accounts')})")
    return conditions


def internal_rows(name: str, namespace: str, found: Tables) -> str | None:
    """The condition of rows that belong to internal accounts; None when nothing says which are."""
    if "is_internal" not in found.get("accounts", {}) or "account_id" not in found[name]:
        return None
    if name == "accounts":
        return "is_internal"
    return f"{_ACCOUNT} IN (SELECT {_ACCOUNT} FROM {qualified(namespace, 'accounts')} WHERE is_internal)"


_ACCOUNT = "CAST(account_id AS VARCHAR)"
