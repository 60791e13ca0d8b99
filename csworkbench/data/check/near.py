"""Keys that are nearly equal: listed, never merged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import duckdb

from ...errors import Problem
from ..sql import identifier
from .subject import SAMPLE, Subject


def teach(connection: duckdb.DuckDBPyConnection) -> None:
    """Teach the connection `compatible(text)`: NFKC and case folded."""
    connection.create_function("compatible", _compatible, ["VARCHAR"], "VARCHAR")


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def form(key: str) -> str:
    """SQL of the form that near-equal keys share: width, case, blanks, accents' encoding, leading zeros and `.0`."""
    folded = f"CASE WHEN strlen({key}) = length({key}) THEN lower({key}) ELSE compatible({key}) END"
    bare = rf"regexp_replace({folded}, '[\s\x{{200b}}\x{{feff}}]+', '', 'g')"
    return rf"regexp_replace({bare}, '^0*(\d+)(\.0+)?$', '\1')"


def near_problems(subject: Subject, targets: dict[str, tuple[str, str]]) -> Iterator[Problem]:
    """Near-equal keys within a column, and references that nearly are a key.

    targets: reference column → (relation, key column) in which it must be found.
    """
    for column in _own_keys(subject):
        yield from _reported(subject, column, _within(subject, column), "in the same column")
    for column, (relation, key) in targets.items():
        yield from _reported(
            subject, column, _beside(subject, column, relation, key), f"in {relation.removeprefix('typed_')}"
        )


def _own_keys(subject: Subject) -> list[str]:
    """Text columns of the key that are not references."""
    table = subject.table
    typed = [c for c in table.key if table.column(c).type in ("key", "text") and not table.column(c).choices]
    return [c for c in typed if c not in table.references and subject.has(c)]


def _within(subject: Subject, column: str) -> list[Any]:
    """(key, other key) of the keys of a column that share a form with a more frequent or earlier one."""
    counts = f"SELECT {column} AS k, count(*) AS n, min((_file, _row)) AS place FROM {subject.relation}"
    keys = f"{counts} WHERE {column} IS NOT NULL GROUP BY 1"
    distinct = f"SELECT DISTINCT {column} AS k FROM {subject.relation} WHERE {column} IS NOT NULL"
    if not _is_true(subject, f"SELECT count(*) > count(DISTINCT {form('k')}) FROM ({distinct})"):
        return []
    forms = f"SELECT k, n, place, {form('k')} AS f FROM ({keys})"
    shared = f"SELECT hash(f) FROM ({forms}) GROUP BY 1 HAVING count(*) > 1"
    usual = "first(k) OVER (PARTITION BY f ORDER BY n DESC, place)"
    ranked = f"SELECT k, {usual} AS o FROM ({forms}) WHERE hash(f) IN ({shared})"
    return subject.connection.execute(f"SELECT k, o FROM ({ranked}) WHERE k <> o ORDER BY k").fetchall()


def _beside(subject: Subject, column: str, relation: str, key: str) -> list[Any]:
    """(key, key of the target) of references that are not in the target but nearly are."""
    target = f"SELECT DISTINCT {key} AS o FROM {identifier(relation)}"
    keys = f"SELECT DISTINCT {column} AS k FROM {subject.relation} WHERE {column} IS NOT NULL"
    unknown = f"SELECT k FROM ({keys}) WHERE k NOT IN ({target} WHERE o IS NOT NULL)"
    if not _is_true(subject, f"SELECT count(*) > 0 FROM ({unknown})"):
        return []
    lost = f"SELECT k, {form('k')} AS f FROM ({unknown})"
    forms = f"SELECT min(o) AS o, {form('o')} AS f FROM ({target}) GROUP BY 2"
    return subject.connection.execute(f"SELECT k, o FROM ({lost}) JOIN ({forms}) USING (f) ORDER BY k").fetchall()


def _is_true(subject: Subject, select: str) -> bool:
    row = subject.connection.execute(select).fetchone()
    return bool(row and row[0])


def _reported(subject: Subject, column: str, pairs: list[Any], where: str) -> Iterator[Problem]:
    if not pairs:
        return
    connection = subject.connection
    connection.execute("CREATE OR REPLACE TEMP TABLE near (k VARCHAR, o VARCHAR)")
    connection.executemany("INSERT INTO near VALUES (?, ?)", pairs[: SAMPLE * 50])
    found = connection.execute(
        f"SELECT _file, count(DISTINCT k), arg_min({{row: _row, value: k, other: o}}, _row, {SAMPLE})"
        f" FROM {subject.relation} AS t JOIN near ON t.{column} = near.k GROUP BY _file ORDER BY _file"
    ).fetchall()
    for file, count, sample in found:
        how = difference(sample[0]["value"], sample[0]["other"])
        yield subject.problem(
            "near_key", column, file, count, sample,
            tolerated=subject.mapping.on_near_key == "keep", where=where, how=how, policy="on_near_key",
        )  # fmt: skip


_STEPS: dict[str, Callable[[str], str]] = {
    "blanks": lambda text: "".join(text.split()),
    "case": str.casefold,
    "how accents are encoded": lambda text: unicodedata.normalize("NFC", text),
    "the width of letters": lambda text: unicodedata.normalize("NFKC", text),
    "leading zeros or .0": lambda text: re.sub(r"^0*(\d+)(\.0+)?$", r"\1", text),
}


def difference(one: str, other: str) -> str:
    """In what two near-equal keys differ: blanks, case, composed letters, width, leading zeros."""
    for name, step in _STEPS.items():
        if step(one) == step(other):
            return name
    return " and ".join(name for name, step in _STEPS.items() if step(one) != one or step(other) != other)
