"""One table through all its rules: what is wrong, what is tolerated, and the canonical table that remains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ...errors import Problem
from ...schema import SQL_TYPES
from ..snapshot import TableFacts
from ..sql import identifier, literal
from . import churn, keys, overlaps
from .near import near_problems
from .rows import Broken, RowRule, emptied, gone, judge, problems_of
from .rules import TARGETS, row_rules, source
from .subject import Subject
from .totals import total_problems
from .typing import type_table


@dataclass(frozen=True)
class Checked:
    """The outcome for one table; the rows that remain are in the table of its canonical name."""

    problems: tuple[Problem, ...]
    tolerated: tuple[Problem, ...]
    notices: tuple[str, ...]
    facts: TableFacts


def check_table(subject: Subject, day: date | None, targets: Collection[str]) -> Checked:
    """Type, check and make the canonical table `subject.name`.

    targets: tables that can be searched for keys. Needs `account_book` for tables that name accounts.
    """
    problems, tolerated, notices = type_table(subject)
    problems += total_problems(subject)
    relation, rules = _rules(subject, day, targets)
    broken = judge(subject, relation, rules)
    found = [
        *problems_of(subject, relation, [b for b in broken if b.rule.rule not in ("internal", "out_of_range")]),
        *near_problems(subject, _targets(subject, targets)),
    ]
    dropped = _make(subject, relation, broken)
    facts = _facts(subject, _tolerated(subject, relation, broken), dropped)
    problems += [problem for problem in found if not problem.tolerated]
    tolerated += [problem for problem in found if problem.tolerated]
    if dropped.get("internal"):
        notices.append(f"{subject.name}: rows of internal accounts left out: {dropped['internal']:,}")
    return Checked(tuple(problems), tuple(tolerated), tuple(notices), facts)


def _rules(subject: Subject, day: date | None, targets: Collection[str]) -> tuple[str, list[RowRule]]:
    """The FROM text and every rule over it; rules that drop come in the order in which a row is counted."""
    relation = source(subject, targets)
    rules = [*_internal(subject)]
    doubled = keys.mark_doubles(subject)
    if doubled:
        relation += f" LEFT JOIN {doubled} AS d ON d.rid = t.rowid"
        rules += keys.double_rules(subject)
    if overlaps.mark_overlaps(subject):
        relation += " LEFT JOIN overlapping AS o ON o.rid = t.rowid"
        rules.append(overlaps.overlap_rule())
    if subject.name == "factors" and "subscriptions" in targets:
        last = churn.last_day(subject.connection, day)
        if last and churn.mark_contradicted(subject, last):
            relation += " LEFT JOIN contradicted AS c ON c.rid = t.rowid"
            rules.append(churn.event_rule(last))
    return relation, [*rules, *row_rules(subject, day, targets)]


def _internal(subject: Subject) -> list[RowRule]:
    if subject.name == "accounts":
        return [RowRule("internal", "is_internal", "t.is_internal", "internal")] if subject.has("is_internal") else []
    return [RowRule("internal", "account_id", "b.internal", "internal")] if subject.has("account_id") else []


def _targets(subject: Subject, targets: Collection[str]) -> dict[str, tuple[str, str]]:
    return {
        column: TARGETS[target]
        for column, target in subject.table.references.items()
        if target in targets and subject.has(column)
    }


def _make(subject: Subject, relation: str, broken: list[Broken]) -> Counter[str]:
    """Make the canonical table of the rows that remain; rule → rows dropped, each row counted once."""
    columns = ", ".join(f"{_value(subject, c, broken)} AS {identifier(c)}" for c in subject.table.names)
    why = gone(broken)
    name = identifier(subject.name)
    dropped: Counter[str] = Counter()
    if why != "NULL":
        counts = f"SELECT {why} AS why, count(*) FROM {relation} GROUP BY 1"
        dropped.update({rule: n for rule, n in subject.connection.execute(counts).fetchall() if rule})
    kept = "" if why == "NULL" else f" WHERE {why} IS NULL"
    subject.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {columns} FROM {relation}{kept}")
    return dropped


def _value(subject: Subject, column: str, broken: list[Broken]) -> str:
    empty = emptied(broken, column)
    if empty:
        return f"CASE WHEN {empty} THEN NULL ELSE t.{column} END"
    if column == "ends_on" and any(b.rule.rule == "overlap" and b.action == "latest" for b in broken):
        return "coalesce(o.cut_on, t.ends_on)"
    rates = subject.settings.rates
    if subject.has("currency") and rates and column in ("mrr", "amount", "currency"):
        return _converted(subject, column)
    return f"t.{column}"


def _converted(subject: Subject, column: str) -> str:
    """Amounts in the company's currency: one unit of another one is worth its declared rate."""
    company = literal(subject.settings.company.currency)
    if column == "currency":
        return f"CASE WHEN t.currency IN {literal([*subject.settings.rates])} THEN {company} ELSE t.currency END"
    cases = " ".join(
        f"WHEN {literal(code)} THEN round(t.{column} * CAST({rate!r} AS DECIMAL(18, 12)), 4)"
        for code, rate in subject.settings.rates.items()
    )
    return f"CAST(CASE t.currency {cases} ELSE t.{column} END AS {SQL_TYPES['money']})"


def _tolerated(subject: Subject, relation: str, broken: list[Broken]) -> Counter[str]:
    """Rule → rows that break it and remain in the canonical table."""
    kept = [b for b in broken if b.action not in ("refuse", "drop") or (b.action == "drop" and b.rule.empties)]
    counts: Counter[str] = Counter()
    why = gone(broken)
    for item in kept:
        select = f"SELECT count(*) FROM {relation} WHERE ({item.rule.when}) AND {why} IS NULL"
        row = None if why == "NULL" else subject.connection.execute(select).fetchone()
        counts[item.rule.rule] += int(row[0]) if row else item.count
    return counts


def _facts(subject: Subject, kept: Counter[str], dropped: Counter[str]) -> TableFacts:
    occurred = subject.table.happened
    latest = f"max(CAST({identifier(occurred)} AS DATE))" if occurred else "NULL"
    row = subject.connection.execute(f"SELECT count(*), {latest} FROM {identifier(subject.name)}").fetchone()
    rows, day = row or (0, None)
    return TableFacts(
        rows, subject.mapped.mapped, {**subject.mapped.dropped, **dropped}, dict(+kept), day, keys.has_versions(subject)
    )
