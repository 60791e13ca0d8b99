"""Which rules hold for the rows of which table."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ..asof import ALL
from ..sql import identifier, literal
from .rows import RowRule
from .subject import Subject

STARTED = ("usage", "events", "tickets", "surveys", "milestones", "assets", "vendor_health", "subscriptions")
USE = ("usage", "events")
PAIRS = {
    "subscriptions": (("starts_on", "renews_on"),),
    "tickets": (("opened_at", "first_response_at"),),
    "opportunities": (("created_on", "closed_on"),),
    "factors": (("named_on", "closed_on"),),
    "success_plans": (("agreed_on", "due_on"), ("agreed_on", "assessed_on")),
    "invoices": (("issued_on", "due_on"),),
}


TARGETS = {"accounts": ("typed_accounts", "account_id"), "csms": ("csms", "csm_id")}


def row_rules(subject: Subject, day: date | None, targets: Collection[str]) -> list[RowRule]:
    """The rules for the rows of a table.

    day: last day on which a fact can have happened. targets: tables that can be searched for keys.
    """
    return [
        *_range_rules(subject),
        *_reference_rules(subject, targets),
        *_order_rules(subject),
        *(_future_rules(subject, day) if day else []),
        *_life_rules(subject),
        *_currency_rules(subject),
        *_segment_rules(subject),
    ]


def _range_rules(subject: Subject) -> list[RowRule]:
    """Rows dropped for a value out of range; the cells were named when they were typed."""
    if subject.mapping.on_out_of_range == "refuse":
        return []
    ranged = [c.name for c in subject.table.columns if subject.has(c.name) and (c.low, c.high) != (None, None)]
    return [RowRule("out_of_range", name, f"t.r_{name} = 'out_of_range'", "on_out_of_range") for name in ranged]


def _reference_rules(subject: Subject, targets: Collection[str]) -> list[RowRule]:
    rules = []
    for column, target in subject.table.references.items():
        if not subject.has(column) or target not in targets:
            continue
        owner = subject.table.column(column).required or column == "account_id"
        missing = f"t.{column} IS NOT NULL AND {found(column)} IS NULL"
        rules.append(
            RowRule("orphan", column, missing, "on_orphan", says={"target": target}, empties=None if owner else column)
        )
    return rules


def found(column: str) -> str:
    """SQL of the key that a reference column found, NULL when it found none."""
    return "b.account_id" if column == "account_id" else f"ref_{column}.found"


def _order_rules(subject: Subject) -> list[RowRule]:
    pairs = ((subject.table.span,) if subject.table.span else ()) + PAIRS.get(subject.name, ())
    return [
        RowRule("reversed", to, f"t.{to} < t.{since}", "on_reversed", words={"other": _and_name(subject, since)})
        for since, to in pairs
        if subject.has(since, to)
    ]


def _and_name(subject: Subject, column: str) -> str:
    return f"{literal(subject.label(column) + ' ')} || CAST(t.{column} AS VARCHAR)"


def _future_rules(subject: Subject, day: date) -> list[RowRule]:
    dated = [c for c in subject.table.columns if c.type in ("date", "timestamp") and not c.ahead]
    return [
        RowRule("future_date", c.name, f"CAST(t.{c.name} AS DATE) > {literal(day)}", "on_future", says={"day": day})
        for c in dated
        if subject.has(c.name)
    ]


def _life_rules(subject: Subject) -> list[RowRule]:
    occurred = subject.table.occurred
    if subject.name not in STARTED or not occurred:
        return []
    day = f"CAST(t.{occurred} AS DATE)"
    start = "b.started_on" if subject.name in (*USE, "subscriptions") else "coalesce(b.started_on, b.first_on)"
    rules = [_life("before_start", occurred, f"{day} < {start}", start)]
    if subject.name in USE:
        first = f"{day} < b.first_on AND ({day} >= b.started_on OR b.started_on IS NULL)"
        rules.append(_life("before_subscription", occurred, first, "b.first_on"))
        rules.append(_life("after_end", occurred, f"{day} >= b.last_on", "b.last_on"))
    return rules


def _life(rule: str, column: str, when: str, other: str) -> RowRule:
    policy = "on_after_end" if rule == "after_end" else "on_before_start"
    return RowRule(rule, column, when, policy, words={"other": other})


def _currency_rules(subject: Subject) -> list[RowRule]:
    if "currency" not in subject.table.names or not subject.has("currency"):
        return []
    company = subject.settings.company.currency
    known = (company, *subject.settings.rates)
    code = "t.currency"
    shape = f"regexp_full_match({code}, '[A-Z]{{3}}')"
    says = {"currency": company}
    empty = f"{code} IS NULL AND t.r_currency IS NULL"
    return [
        RowRule("not_a_currency", "currency", f"NOT {shape}"),
        RowRule("no_rate", "currency", f"{shape} AND {code} NOT IN {literal(known)}", says=says),
        RowRule("no_currency", "currency", empty),
    ]


def _segment_rules(subject: Subject) -> list[RowRule]:
    """No segment may be called as the total of all segments."""
    split = subject.settings.segments.column
    if subject.name == "accounts" and subject.has(split):
        return [RowRule("reserved_segment", split, f"t.{split} = {literal(ALL)}")]
    if subject.name == "account_history" and subject.has("attribute", "value"):
        return [RowRule("reserved_segment", "value", f"t.attribute = {literal(split)} AND t.value = {literal(ALL)}")]
    return []


def source(subject: Subject, targets: Collection[str]) -> str:
    """The FROM text: the typed table as `t`, its account as `b`, what its references found."""
    joins = [f"{subject.relation} AS t"]
    if subject.table.references.get("account_id"):
        joins.append("LEFT JOIN account_book AS b ON b.account_id = t.account_id")
    for column, target in subject.table.references.items():
        if column != "account_id" and subject.has(column) and target in targets:
            relation, key = TARGETS[target]
            ids = f"(SELECT DISTINCT {key} AS found FROM {identifier(relation)})"
            joins.append(f"LEFT JOIN {ids} AS ref_{column} ON ref_{column}.found = t.{column}")
    return " ".join(joins)
