"""All tables of a workspace, read, mapped, typed and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb

from ..errors import Problem, fault
from ..schema import TABLES
from .check.book import make_book
from .check.churn import account_problems, churn_notices, last_day, make_contracts
from .check.near import teach
from .check.notices import notices_about
from .check.report import CheckReport
from .check.rules import TARGETS
from .check.seals import broken_seals
from .check.subject import Subject
from .check.table import check_table
from .mapping import Mapped, map_columns
from .mapping_source import drop
from .read import read_raw
from .rollup import roll_up_events
from .settings import FILE, Settings
from .snapshot import TableFacts
from .types.notation import known_zone

_FIRST = ("csms", "accounts", "subscriptions")


@dataclass
class Loading:
    """What has been found so far."""

    problems: list[Problem] = field(default_factory=list)
    tolerated: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    facts: dict[str, TableFacts] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)
    hashes: dict[str, str] = field(default_factory=dict)

    def report(self) -> CheckReport:
        """Everything found, sorted by file and row."""
        tables = {name: self.facts[name] for name in TABLES if name in self.facts}
        return CheckReport(_sorted(self.problems), _sorted(self.tolerated), tuple(self.notices), tables)


@dataclass(frozen=True)
class Loaded:
    """Canonical tables in the connection, and what the check found. hashes: table → content of its sources."""

    report: CheckReport
    hashes: Mapping[str, str]


def load(connection: duckdb.DuckDBPyConnection, settings: Settings, folder: Path, today: date | None = None) -> Loaded:
    """Read and check every table that workspace.toml declares; canonical tables stay in the connection.

    today: the day of the exports where company.exported_on does not say it.
    """
    loading = Loading([*_declared(settings)])
    day = _export_day(settings, today)
    if loading.problems:
        return Loaded(loading.report(), {})
    if day is None:
        loading.notices.append("dates in the future were not looked for: company.exported_on is not declared")
    if "subscriptions" not in settings.tables:
        loading.notices.append("there is no table subscriptions: nothing can be said about revenue")
    teach(connection)
    for name in sorted(settings.tables, key=_order):
        mapped, readable = _read(connection, name, settings, folder, loading)
        subject = Subject(connection, TABLES[name], settings.tables[name], mapped, settings, readable)
        _check(subject, day, loading)
        if name == "accounts":
            accounts = subject
    _check_churn(accounts, day, loading)
    _finish(connection, settings, loading)
    return Loaded(loading.report(), loading.hashes)


def _order(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems), key=lambda p: (p.file, p.row, p.column, p.rule, p.value or "")))


def _declared(settings: Settings) -> Iterator[Problem]:
    """What is wrong before any file is opened."""
    if "accounts" not in settings.tables:
        yield fault("missing_table", FILE, 0, "tables.accounts", table="accounts")
    if {"usage", "events"} <= set(settings.tables):
        yield fault("usage_twice", FILE, 0, "tables.events")
    if not known_zone(settings.company.time_zone):
        yield fault("unknown_time_zone", FILE, 0, "company.time_zone", value=settings.company.time_zone)


def _export_day(settings: Settings, today: date | None) -> date | None:
    declared = settings.company.exported_on
    return today if declared is None else date.fromisoformat(declared)


def _read(
    connection: duckdb.DuckDBPyConnection, name: str, settings: Settings, folder: Path, loading: Loading
) -> tuple[Mapped, bool]:
    """The mapped table, and whether the headers of its files could be read."""
    mapping = settings.tables[name]
    raw = read_raw(connection, name, mapping, settings, folder)
    mapped = map_columns(connection, raw, mapping, settings, folder)
    loading.problems += [p for p in (*raw.problems, *mapped.problems) if not p.tolerated]
    if any(not p.tolerated for p in (*raw.problems, *mapped.problems)):
        loading.damaged.add(name)
    loading.problems += broken_seals(mapping, raw, folder)
    loading.tolerated += [p for p in (*raw.problems, *mapped.problems) if p.tolerated]
    loading.notices += raw.notices
    loading.hashes[name] = "".join((raw.content_hash, *mapped.looked_up))
    return mapped, not any(problem.row <= 1 and problem.rule != "row_count" for problem in raw.problems)


def _check(subject: Subject, day: date | None, loading: Loading) -> None:
    connection, name = subject.connection, subject.name
    targets = [target for target in TARGETS if target == name or _filled(loading, target)]
    if _judges_churn(loading):
        targets.append("subscriptions")
    checked = check_table(subject, day, targets)
    if checked.problems:
        loading.damaged.add(name)
    loading.problems += checked.problems
    loading.tolerated += checked.tolerated
    loading.notices += checked.notices
    loading.facts[name] = checked.facts
    if name in ("accounts", "subscriptions"):
        make_book(connection, subscriptions=name == "subscriptions")
    if name == "subscriptions":
        make_contracts(connection)
    for done in {f"raw_{name}", f"mapped_{name}", f"typed_{name}"} - {"typed_accounts"}:
        drop(connection, done)


def _judges_churn(loading: Loading) -> bool:
    """Whether subscriptions are there whose every end can be trusted."""
    return _filled(loading, "subscriptions") and "subscriptions" not in loading.damaged


def _check_churn(accounts: Subject, day: date | None, loading: Loading) -> None:
    """Hold what accounts say of churn against the subscriptions."""
    last = last_day(accounts.connection, day) if _judges_churn(loading) else None
    if last is None:
        return
    found = [*account_problems(accounts, last)]
    loading.problems += [problem for problem in found if not problem.tolerated]
    loading.tolerated += [problem for problem in found if problem.tolerated]
    kept = Counter(loading.facts["accounts"].tolerated)
    for problem in found:
        kept[problem.rule] += problem.count if problem.tolerated else 0
    loading.facts["accounts"] = replace(loading.facts["accounts"], tolerated={rule: n for rule, n in kept.items() if n})
    rules = frozenset(problem.rule for problem in (*loading.problems, *loading.tolerated))
    loading.notices += churn_notices(accounts, last, rules, events=_filled(loading, "factors"))


def _filled(loading: Loading, name: str) -> bool:
    return name in loading.facts and loading.facts[name].rows > 0


def _finish(connection: duckdb.DuckDBPyConnection, settings: Settings, loading: Loading) -> None:
    """Roll up raw events and clear away what only the check needed."""
    if "events" in loading.facts:
        loading.facts["usage"] = roll_up_events(connection, loading.facts.pop("events"))
        drop(connection, "events")
    filled = {name: fact for name, fact in loading.facts.items() if fact.rows}
    loading.notices += notices_about(connection, settings, filled)
    for done in ("typed_accounts", "account_book", "contracts"):
        drop(connection, done)


def content_key(settings: Settings, hashes: Mapping[str, str], version: str, day: date | None) -> str:
    """One text that changes when the sources, the settings, the schema, the day of the check or the package changes."""
    parts = [version, repr(tuple(TABLES.values())), settings.model_dump_json(), str(day), repr(sorted(hashes.items()))]
    return sha256("\n".join(parts).encode()).hexdigest()
