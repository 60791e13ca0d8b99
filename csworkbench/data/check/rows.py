"""Rules over the rows of one typed table, judged in one scan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import Problem
from .subject import Subject, grouped

CHOICES = '"drop" or "keep"'


@dataclass(frozen=True)
class RowRule:
    """A rule that a row breaks when the condition holds.

    when: SQL over `t` (the typed table) and what `source` joins. policy: key of the tolerance in workspace.toml; None
    is never tolerated. words: name → SQL of a word of the message; says: name → word. empties: column that "drop"
    empties instead of dropping the row.
    """

    rule: str
    column: str
    when: str
    policy: str | None = None
    value: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, object] = field(default_factory=dict)
    choices: str = CHOICES
    empties: str | None = None


@dataclass(frozen=True)
class Broken:
    """A rule that `count` rows break. action: refuse, drop, keep, sum, latest or empty."""

    rule: RowRule
    count: int
    action: str


def judge(subject: Subject, source: str, rules: Sequence[RowRule]) -> list[Broken]:
    """The rules that any row of `source` breaks."""
    if not rules:
        return []
    counts = subject.connection.execute(
        f"SELECT {', '.join(f'count_if({rule.when})' for rule in rules)} FROM {source}"
    ).fetchone()
    return [Broken(r, n, _action(subject, r)) for r, n in zip(rules, counts or (), strict=True) if n]


def _action(subject: Subject, rule: RowRule) -> str:
    if rule.rule == "internal":
        return "drop"
    return str(getattr(subject.mapping, rule.policy)) if rule.policy else "refuse"


def problems_of(subject: Subject, source: str, broken: Sequence[Broken]) -> Iterator[Problem]:
    """One problem per rule and file."""
    for item in broken:
        rule = item.rule
        value = rule.value or _written(subject, rule.column)
        says = {"policy": rule.policy, "choices": rule.choices, **rule.says}
        tolerated = item.action != "refuse"
        for file, count, n, sample in grouped(subject.connection, source, rule.when, {"value": value, **rule.words}):
            words = {"n_keys": f"{n:,}", **says}
            yield subject.problem(rule.rule, rule.column, file, count, sample, tolerated=tolerated, **words)


def _written(subject: Subject, column: str) -> str:
    """SQL of the value as text; a time at midnight, which the export may write as a date, as the date."""
    if subject.table.column(column).type != "timestamp":
        return f"t.{column}"
    return f"regexp_replace(CAST(t.{column} AS VARCHAR), ' 00:00:00$', '')"


def gone(broken: Sequence[Broken]) -> str:
    """SQL of the id of the first rule for which a row is dropped as declared, else NULL."""
    cases = [f"WHEN {b.rule.when} THEN '{b.rule.rule}'" for b in broken if b.action == "drop" and not b.rule.empties]
    return f"CASE {' '.join(cases)} END" if cases else "NULL"


def emptied(broken: Sequence[Broken], column: str) -> str | None:
    """SQL of the condition under which the column is emptied as declared; None when there is none."""
    conditions = [f"({b.rule.when})" for b in broken if b.action == "drop" and b.rule.empties == column]
    return " OR ".join(conditions) or None
