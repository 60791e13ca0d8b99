"""What must hold of canonical tables in a database, counted there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .. import schema
from ..errors import Problem, suggestion
from .engine import Kind, Remote, Tables
from .settings import Settings
from .sql import identifier, literal

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_NUMBER = (*_WHOLE, "DECIMAL", "DOUBLE", "FLOAT")
_MOMENT = ("DATE", "TIMESTAMP", "TIMESTAMPTZ")
_ACCEPTED: Mapping[schema.Type, tuple[str, ...]] = {
    "key": ("VARCHAR", *_WHOLE),
    "text": ("VARCHAR", *_WHOLE, "BOOLEAN"),
    "int": _WHOLE,
    "number": _NUMBER,
    "money": _NUMBER,
    "share": _NUMBER,
    "date": _MOMENT,
    "timestamp": _MOMENT,
    "flag": ("BOOLEAN",),
}


def column_problems(engine: Remote, place: str, table: schema.Table, columns: Mapping[str, Kind]) -> Iterator[Problem]:
    """Required columns that are not there, and columns whose type cannot hold what they mean."""
    for column in table.columns:
        kind = columns.get(column.name)
        if kind is None and column.required:
            remedy = "Add it, or offer a view that has it." + suggestion(column.name, columns)
            yield Problem(place, 0, column.name, "missing_column", "there is no such column", remedy)
        elif kind is not None and kind.meaning not in _ACCEPTED[column.type]:
            accepted = [name for name, meaning in engine.types.items() if meaning in _ACCEPTED[column.type]]
            remedy = f"Offer it as {' or '.join(accepted)}, for example in a view."
            yield Problem(place, 0, column.name, "wrong_type", f"is {kind}, which is no {column.type}", remedy)


@dataclass(frozen=True)
class _Rule:
    """A count of faulty rows. sql: a SELECT of one number. declared: what workspace.toml says of such rows."""

    rule: str
    column: str
    sql: str
    said: str
    remedy: str
    declared: str = "refuse"


def row_problems(
    engine: Remote,
    place: str,
    raw: str,
    name: str,
    relations: Mapping[str, str],
    found: Tables,
    settings: Settings,
) -> Iterator[Problem]:
    """One problem per rule that rows break, with the number of rows. raw: the table as the database has it."""
    table = schema.table(name)
    unlimited = tuple(_problems(engine, place, _limit_rules(table, raw, found[name])))
    yield from unlimited or _problems(engine, place, _rules(table, relations[name], relations, found[name], settings))


def _problems(engine: Remote, place: str, rules: Iterable[_Rule]) -> Iterator[Problem]:
    """The rules that rows break, counted by one query: a database far away takes long to answer each."""
    asked = list(rules)
    counts = [f"SELECT {i} AS rule, n FROM ({rule.sql}) AS counted" for i, rule in enumerate(asked)]
    found = [int(n) for n in engine.query(" UNION ALL ".join(counts))["n"]] if counts else []
    for rule, n in zip(asked, found, strict=True):
        if n:
            said = f"{n:,} row{'s' * (n > 1)} {rule.said}"
            tolerated = rule.declared != "refuse"
            yield Problem(place, 0, rule.column, rule.rule, said, rule.remedy, count=n, tolerated=tolerated)


def _limit_rules(table: schema.Table, relation: str, columns: Mapping[str, Kind]) -> Iterator[_Rule]:
    """What no canonical type can hold: NaN, infinities, amounts of 15 digits, dates outside the calendar."""
    for column in table.columns:
        name = identifier(column.name)
        meaning = columns[column.name].meaning if column.name in columns else None
        if meaning in _MOMENT:
            beyond = _count(relation, f"{name} NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'")
            yield _Rule("date_out_of_range", column.name, beyond, "with no date", "Write an open end as NULL.")
        elif meaning in ("DECIMAL", "DOUBLE", "FLOAT"):
            finite = f"CAST({name} AS DOUBLE) NOT BETWEEN -99999999999999 AND 99999999999999"
            remedy = "Write what was not measured as NULL."
            yield _Rule("not_finite", column.name, _count(relation, finite), "with no usable number", remedy)


def _rules(
    table: schema.Table,
    relation: str,
    relations: Mapping[str, str],
    columns: Mapping[str, Kind],
    settings: Settings,
) -> Iterator[_Rule]:
    for column in table.columns:
        if column.name in columns:
            yield from _value_rules(column, relation)
    if table.key:
        yield _duplicates(table, relation, "recorded_at" in columns)
    for name, target in table.references.items():
        if name in columns and target in relations and target != table.name:
            yield _orphans(table, name, target, relations, settings)
    if table.span and set(table.span) <= set(columns):
        yield _reversed(table.span, relation, settings, table.name)
    if table.name == "subscriptions":
        yield _negative(relation, settings)
    if table.name == "subscriptions" and "currency" in columns:
        yield from _currencies(relation, settings)


def _count(relation: str, condition: str) -> str:
    return f"SELECT count(*) AS n FROM {relation} WHERE {condition}"


def _value_rules(column: schema.Column, relation: str) -> Iterator[_Rule]:
    name = identifier(column.name)
    if column.required:
        empty = _count(relation, f"{name} IS NULL" + (f" OR {name} = ''" if column.type in ("key", "text") else ""))
        yield _Rule("required_empty", column.name, empty, "without a value", "Fill it, or leave the rows out.")
    limits = [f"{name} < {column.low}"] * (column.low is not None)
    limits += [f"{name} > {column.high}"] * (column.high is not None)
    if limits:
        remedy = f"It must lie between {column.low if column.low is not None else '−∞'} and {column.high or '∞'}."
        yield _Rule("out_of_range", column.name, _count(relation, " OR ".join(limits)), "out of range", remedy)
    if column.choices:
        other = f"{name} NOT IN {literal(column.choices)}"
        remedy = f"Allowed: {', '.join(column.choices)}."
        yield _Rule("not_a_choice", column.name, _count(relation, other), "with a value that is not known", remedy)


def _duplicates(table: schema.Table, relation: str, versions: bool) -> _Rule:
    key = ", ".join(identifier(name) for name in (*table.key, *(("recorded_at",) * versions)))
    groups = f"SELECT count(*) - 1 AS more FROM {relation} GROUP BY {key} HAVING count(*) > 1"
    sql = f"SELECT coalesce(sum(more), 0) AS n FROM ({groups}) AS twice"
    remedy = "Each key may stand once (or once per recorded_at)."
    return _Rule("duplicate_key", ", ".join(table.key), sql, "repeat a key", remedy)


def _orphans(table: schema.Table, name: str, target: str, relations: Mapping[str, str], settings: Settings) -> _Rule:
    key = identifier(name)
    known = f"SELECT {identifier(schema.table(target).key[0])} FROM {relations[target]}"
    condition = f"{key} IS NOT NULL AND {key} NOT IN ({known})"
    remedy = f'Load them into {target}, or declare on_orphan = "drop" (or "keep") under [tables.{table.name}].'
    declared = _declared(settings, table.name, "on_orphan")
    return _Rule("orphan", name, _count(relations[table.name], condition), f"not found in {target}", remedy, declared)


def _reversed(span: tuple[str, str], relation: str, settings: Settings, name: str) -> _Rule:
    start, end = map(identifier, span)
    sql = _count(relation, f"{end} < {start}")
    remedy = f'Correct them, or declare on_reversed = "keep" under [tables.{name}].'
    said = f"end before they start ({span[0]})"
    return _Rule("reversed", span[1], sql, said, remedy, _declared(settings, name, "on_reversed"))


def _negative(relation: str, settings: Settings) -> _Rule:
    mapping = settings.tables.get("subscriptions")
    remedy = "Declare credits = true under [tables.subscriptions] if these are credits."
    declared = "keep" if mapping and mapping.credits else "refuse"
    return _Rule("negative_mrr", "mrr", _count(relation, "mrr < 0"), "below zero", remedy, declared)


def _currencies(relation: str, settings: Settings) -> Iterator[_Rule]:
    known = [settings.company.currency]
    sql = _count(relation, f"currency NOT IN {literal(known)}")
    remedy = "Give its rate under [rates]; sums never mix currencies."
    yield _Rule("no_rate", "currency", sql, "in a currency without a rate", remedy)
    empty = _count(relation, "currency IS NULL")
    yield _Rule("no_currency", "currency", empty, "with an amount but no currency", "Fill it, or drop the column.")


def _declared(settings: Settings, table: str, name: str) -> str:
    mapping = settings.tables.get(table)
    return str(getattr(mapping, name)) if mapping else "refuse"
