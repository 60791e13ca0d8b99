"""Keys that occur twice."""

from __future__ import annotations

from ..sql import identifier
from .rows import RowRule
from .subject import Subject


def mark_doubles(subject: Subject) -> str | None:
    """Table of the rows whose key an earlier row already has: `rid`, `rule`, `first_row`, `first_file`, or None.

    rule: duplicate_row (all columns equal to those of an earlier row, the first of which is named) or duplicate_key
    (the first row with that key is named). The key includes `recorded_at`: rows that share the rest
    of it are versions. A row without a contact is an anonymous answer and repeats nobody.
    """
    key = subject.table.key
    if not key or not all(subject.has(column) for column in key if subject.table.column(column).required):
        return None
    whole = ", ".join((*key, "recorded_at"))
    every = ", ".join(map(identifier, subject.table.names))
    compared = f"FROM {subject.relation} WHERE {' AND '.join(_compared(subject))}"
    twice = f"SELECT hash({whole}) {compared} GROUP BY 1 HAVING count(*) > 1"
    subject.connection.execute(f"CREATE OR REPLACE TEMP TABLE twice AS {twice}")
    if not _count(subject, "twice"):
        return None
    name = identifier(f"doubled_{subject.name}")
    order = "ORDER BY _file, _row, rowid"
    place = "{row: _row, file: _file}"
    subject.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT rid, earlier.row AS first_row, earlier.file AS first_file, rule"
        " FROM (SELECT rid, CASE WHEN nth_same > 1 THEN same ELSE head END AS earlier,"
        " CASE WHEN nth_same > 1 THEN 'duplicate_row' ELSE 'duplicate_key' END AS rule FROM ("
        f"SELECT rowid AS rid, row_number() OVER k AS nth, first({place}) OVER k AS head,"
        f" row_number() OVER s AS nth_same, first({place}) OVER s AS same"
        f" {compared} AND hash({whole}) IN (FROM twice)"
        f" WINDOW k AS (PARTITION BY {whole} {order}), s AS (PARTITION BY {every} {order})) WHERE nth > 1)"
    )
    return name if _count(subject, name) else None


def double_rules(subject: Subject) -> list[RowRule]:
    """Rules over the source that joins the doubled rows as `d`."""
    shown = " || ' / ' || ".join(f"coalesce(CAST(t.{column} AS VARCHAR), '')" for column in subject.table.key)
    words = {"first": "format('{:,}', d.first_row)", "first_file": "d.first_file"}
    label = ", ".join(subject.table.key)
    return [
        RowRule(rule, label, f"d.rule = '{rule}'", "on_duplicate", shown, words)
        for rule in ("duplicate_row", "duplicate_key")
    ]


def has_versions(subject: Subject) -> bool:
    """Whether rows share a key and differ in `recorded_at`."""
    if not subject.table.key or not subject.has("recorded_at"):
        return False
    keys = ", ".join(subject.table.key)
    groups = f"SELECT hash({keys}) FROM {identifier(subject.name)} GROUP BY 1 HAVING count(*) > 1 LIMIT 1"
    return bool(subject.connection.execute(groups).fetchall())


def _compared(subject: Subject) -> list[str]:
    """Conditions of a row whose key can be compared: every part is there and none is faulty."""
    key = [subject.table.column(name) for name in subject.table.key if subject.has(name)]
    faulty = [f"r_{column.name} IS NULL" for column in key]
    return [*faulty, *(f"{c.name} IS NOT NULL" for c in key if c.type == "key" or c.required)]


def _count(subject: Subject, relation: str) -> int:
    row = subject.connection.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0
