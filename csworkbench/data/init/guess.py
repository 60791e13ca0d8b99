"""Which export feeds which canonical table, and which of its columns which canonical column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ... import schema
from .exports import Export, Exports
from .notation import FLAG_WORDS, date_notation, is_flag, number_notation
from .words import COLUMNS, FILES, ranked, word

_NUMBERS = ("int", "number", "money", "share")
SURE, LIKELY, GUESS = "sure", "likely", "a guess"


@dataclass(frozen=True)
class Pick:
    """Where a canonical column comes from.

    spec: its keys in workspace.toml. weight: 0 to 1, how sure. open: what the user must say. either: date formats, one
    of which it is.
    """

    spec: Mapping[str, Any]
    weight: float
    why: str = ""
    open: str = ""
    either: tuple[str, ...] = ()

    @property
    def confidence(self) -> str:
        """In words."""
        return SURE if self.weight >= 0.9 else LIKELY if self.weight >= 0.6 else GUESS

    @property
    def column(self) -> str | None:
        """The source column, if it is one."""
        return self.spec.get("column")


@dataclass(frozen=True)
class Feed:
    """One canonical table fed by one export. extra: lines of the table in workspace.toml besides columns."""

    table: str
    export: Export
    picks: Mapping[str, Pick]
    score: float
    extra: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def having(self, **picks: Pick) -> Feed:
        """The same with more columns."""
        return replace(self, picks={**self.picks, **picks})

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns without a source."""
        columns = schema.table(self.table).columns
        return tuple(c.name for c in columns if c.required and c.name not in self.picks)

    @property
    def used(self) -> set[str]:
        """Source columns that feed something."""
        return {pick.column for pick in self.picks.values() if pick.column}


def feed_of(exports: Exports, table: str, export: Export) -> Feed:
    """The best picks of the table's columns in that export, whether or not it is that table."""
    picks: dict[str, Pick] = {}
    for weight, column, header in _candidates(table, export):
        taken = {pick.column for pick in picks.values()}
        if column.name in picks or header in taken:
            continue
        pick = pick_of(exports, export, column, header, weight)
        if pick:
            picks[column.name] = pick
    hint = any(word(hint) in export.stem for hint in FILES.get(table, "").split())
    score = sum(pick.weight for name, pick in picks.items() if name != "account_id") + 1.5 * hint
    order = schema.table(table).names
    return Feed(table, export, {name: picks[name] for name in order if name in picks}, score)


def _candidates(table: str, export: Export) -> list[tuple[float, schema.Column, str]]:
    columns = schema.table(table)
    found = []
    for name, words in COLUMNS[table].items():
        known = {**ranked(words), word(name): 1.0}
        for header in export.columns:
            weight = known.get(word(header)) or known.get(_without_unit(header), 0) * 0.9
            if weight:
                found.append((weight, columns.column(name), header))
    return sorted(found, key=lambda item: (-item[0], columns.names.index(item[1].name), item[2]))


def _without_unit(header: str) -> str:
    """The header without a unit in brackets: 月額（円）, Amount (USD)."""
    head = header.replace("（", "(").split("(")[0]
    return word(head)


def pick_of(exports: Exports, export: Export, column: schema.Column, header: str, weight: float) -> Pick | None:
    """The column as a source of the canonical one; None when its values cannot be that."""
    spec: dict[str, Any] = {"column": header}
    if not exports.values(export, header).n:
        return Pick(spec, min(weight, 0.5), "the column is empty")
    if column.name == "billing_months":
        return _months(exports, export, spec, weight)
    if column.type in ("date", "timestamp"):
        how = date_notation(exports, export, header, column.type)
        return how if how is None else Pick(_with(spec, "format", how.format), weight, how.why, how.open, how.either)
    if column.type in _NUMBERS:
        number = number_notation(exports, export, header)
        return (
            number if number is None else Pick(_with(spec, "numbers", number.numbers), weight, number.why, number.open)
        )
    if column.type == "flag":
        return _flag(exports, export, spec, weight)
    return _choice(exports, export, column, spec, weight) if column.choices else Pick(spec, weight)


def _with(spec: dict[str, Any], key: str, value: str | None) -> dict[str, Any]:
    return {**spec, key: value} if value else spec


def _flag(exports: Exports, export: Export, spec: dict[str, Any], weight: float) -> Pick | None:
    if not is_flag(exports, export, spec["column"]):
        return None
    values = {v: FLAG_WORDS[v] for v in exports.values(export, spec["column"]).sample if v in FLAG_WORDS}
    return Pick(spec | ({"values": values} if values else {}), weight)


_MONTHS = {
    "monthly": 1, "month": 1, "m": 1, "月次": 1, "月払い": 1, "毎月": 1, "月額": 1,
    "quarterly": 3, "quarter": 3, "四半期": 3, "3ヶ月": 3,
    "semiannual": 6, "halfyearly": 6, "biannual": 6, "半年": 6,
    "annual": 12, "annually": 12, "yearly": 12, "year": 12, "y": 12, "年次": 12, "年払い": 12, "毎年": 12, "年額": 12,
}  # fmt: skip


def _months(exports: Exports, export: Export, spec: dict[str, Any], weight: float) -> Pick | None:
    if number_notation(exports, export, spec["column"]):
        return Pick(spec, weight)
    values = exports.values(export, spec["column"])
    known = {v: str(_MONTHS[word(v)]) for v in sorted(values.sample) if word(v) in _MONTHS}
    if len(known) < values.n_distinct:
        return None
    return Pick(spec | {"values": known}, weight, "the words were read as months")


_CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "stage": (("lost", "lost"), ("失注", "lost"), ("won", "won"), ("受注", "won"), ("", "open")),
    "kind": (("nps", "nps"), ("csat", "csat"), ("ces", "ces"), ("renew", "renewal"), ("更新", "renewal"),
             ("cross", "cross_sell"), ("upsell", "upsell"), ("expan", "upsell"), ("add", "upsell"), ("増", "upsell")),
    "event": (("churn", "churn"), ("cancel", "churn"), ("解約", "churn")),
}  # fmt: skip


def _choice(
    exports: Exports, export: Export, column: schema.Column, spec: dict[str, Any], weight: float
) -> Pick | None:
    values = exports.values(export, spec["column"])
    mapped: dict[str, str] = {}
    for value in sorted(values.sample):
        found = value if value in column.choices else _likely(column, value)
        if found is None:
            return None
        mapped[value] = found
    if values.n_distinct > len(values.sample):
        return None
    if all(value == choice for value, choice in mapped.items()):
        return Pick(spec, weight)
    return Pick(spec | {"values": mapped}, min(weight, 0.8), "look at the value map")


def _likely(column: schema.Column, value: str) -> str | None:
    rules = _CHOICES.get(column.name, ())
    return next((choice for part, choice in rules if part in word(value) and choice in column.choices), None)


def all_feeds(exports: Exports) -> Iterator[Feed]:
    """Every table with every export, the best first."""
    feeds = [feed_of(exports, table, export) for table in COLUMNS for export in exports.tables]
    order = list(COLUMNS)
    yield from sorted(feeds, key=lambda f: (-f.score, order.index(f.table), f.export.name))
