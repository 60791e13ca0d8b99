"""The typed table of a mapped one, and the problems of single cells."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import Problem, fault
from ...schema import SQL_TYPES, Column
from ..settings import FILE
from ..sql import identifier
from ..types import Notation, declared_notation, final, typed_cell
from .hints import advice
from .subject import Subject, grouped
from .zones import hours_twice, mixed_offsets

EMPTIED = {"open_end"}


def type_table(subject: Subject) -> tuple[list[Problem], list[Problem], list[str]]:
    """Make `typed_<name>`; (problems, tolerated, notices) of its cells."""
    how, problems = _notations(subject)
    problems += _missing(subject)
    inner = _ruled(subject, how)
    values = ", ".join(_final(subject, column) for column in subject.table.columns)
    more = "".join(f", r_{column}" for column in how) + (", _left" if subject.mapped.left else "")
    subject.connection.execute(
        f"CREATE OR REPLACE TABLE {subject.relation} AS SELECT _file, _row, {values}{more} FROM ({inner})"
    )
    tolerated: list[Problem] = []
    notices: list[str] = []
    for column in _faulty(subject, how):
        for problem in _cell_problems(subject, subject.table.column(column), how[column]):
            if problem.rule in EMPTIED:
                notices.append(f'{problem.file}: {problem.count:,} × 9999-12-31 in "{problem.column}" read as no end')
            else:
                (tolerated if problem.tolerated else problems).append(problem)
    for column in [c.name for c in subject.table.columns if c.type == "timestamp" and c.name in how]:
        problems += mixed_offsets(subject, how[column], column)
        notices += hours_twice(subject, how[column], column)
    return problems, tolerated, notices


def _notations(subject: Subject) -> tuple[dict[str, Notation], list[Problem]]:
    found: dict[str, Notation] = {}
    problems: list[Problem] = []
    ends = {subject.table.span[1]} if subject.table.span else set()
    for column in subject.table.columns:
        if subject.has(column.name):
            plain = subject.mapped.plain.get(column.name)
            how, wrong = declared_notation(
                column, subject.name, subject.mapping, subject.settings, plain, column.name in ends or column.ahead
            )
            found[column.name] = how
            problems += wrong
    return found, problems


def _missing(subject: Subject) -> Iterator[Problem]:
    told = {problem.column for problem in subject.mapped.problems} | {*subject.mapping.columns}
    for column in subject.table.columns if subject.readable else ():
        place = f"tables.{subject.name}.columns.{column.name}"
        if column.required and not subject.has(column.name) and column.name not in told:
            yield fault("missing_column", FILE, 0, place, table=subject.name, field=column.name)


def _ruled(subject: Subject, how: dict[str, Notation]) -> str:
    """SELECT of `x_`, `v_` and `r_` of these columns: text, parsed value and broken rule."""
    cells = {c: typed_cell(subject.table.column(c), n, f"x_{c}", f"v_{c}") for c, n in how.items()}
    texts = "".join(f", {identifier(c)} AS x_{c}" for c in cells)
    parsed = "".join(f", {made.parsed} AS v_{c}" for c, made in cells.items())
    rules = "".join(f", {made.rule} AS r_{c}" for c, made in cells.items())
    left = ", _left" if subject.mapped.left else ""
    source = f"SELECT _file, _row{left}{texts} FROM {subject.mapped.relation}"
    return f"SELECT *{rules} FROM (SELECT *{parsed} FROM ({source}))"


def _final(subject: Subject, column: Column) -> str:
    if not subject.has(column.name):
        return f"CAST(NULL AS {SQL_TYPES[column.type]}) AS {identifier(column.name)}"
    return f"{final(column, f'v_{column.name}', f'r_{column.name}')} AS {identifier(column.name)}"


def _faulty(subject: Subject, how: dict[str, Notation]) -> list[str]:
    """The columns in which any cell breaks a rule."""
    if not how:
        return []
    counts = subject.connection.execute(
        f"SELECT {', '.join(f'count(r_{column})' for column in how)} FROM {subject.relation}"
    ).fetchone()
    return [column for column, count in zip(how, counts or (), strict=True) if count]


def _cell_problems(subject: Subject, column: Column, how: Notation) -> Iterator[Problem]:
    name = column.name
    source = f"({_ruled(subject, {name: how})})"
    rules = subject.connection.execute(f"SELECT DISTINCT r_{name} FROM {source} WHERE r_{name} IS NOT NULL").fetchall()
    for (rule,) in sorted(rules):
        words = _words(subject, column, how, rule)
        tolerated = rule == "out_of_range" and subject.mapping.on_out_of_range != "refuse"
        for file, count, _, sample in grouped(
            subject.connection, source, f"r_{name} = '{rule}'", {"value": f"x_{name}"}
        ):
            yield subject.problem(rule, name, file, count, sample, tolerated=tolerated, **words)


def _words(subject: Subject, column: Column, how: Notation, rule: str) -> dict[str, object]:
    written = " or ".join(how.formats) or {"timestamp": "YYYY-MM-DD hh:mm:ss"}.get(column.type, "YYYY-MM-DD")
    if rule == "not_a_number":
        written = " + ".join(how.numbers) or "-1234.56"
    return {
        "written": written,
        "choices": '"refuse", "drop" or "empty"' if rule == "out_of_range" else ", ".join(column.choices),
        "policy": "on_out_of_range",
        "range": _range(column),
        "zone": how.time_zone or how.reporting_zone,
        "advice": advice(subject, column, how, rule),
    }


def _range(column: Column) -> str:
    ends = [] if column.low is None else [f"from {column.low:g}"]
    return " ".join([*ends, *([] if column.high is None else [f"to {column.high:g}"])])
