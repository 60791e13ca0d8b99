"""A workspace whose canonical tables already lie in a database: nothing is copied, the database counts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from .. import schema
from ..errors import CsworkbenchError, Problem, Refusal
from .check.report import CheckReport
from .engine import DATABASES, Remote, Tables
from .settings import Settings
from .snapshot import Snapshot, TableFacts
from .sql import identifier
from .warehouse_check import column_problems, row_problems
from .warehouse_relation import internal_rows, qualified, relation_of


@dataclass(frozen=True)
class Warehouse:
    """A database schema that holds canonical tables. found: table → column → type in the database."""

    settings: Settings
    engine: Remote
    schema_name: str
    found: Tables

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that are there."""
        return tuple(name for name in schema.TABLES if name in self.found)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All faults: tables and columns first; rows are looked at only when every column is usable."""
        return tuple(self._column_problems()) or tuple(self._row_problems())

    def report(self) -> CheckReport:
        """All problems; what is known of the tables only when nothing refuses them."""
        refused = tuple(sorted(problem for problem in self.problems if not problem.tolerated))
        tolerated = tuple(sorted(problem for problem in self.problems if problem.tolerated))
        return CheckReport(refused, tolerated, tuple(self._notices()), {} if refused else self._all_facts)

    def snapshot(self) -> Snapshot:
        """The checked tables; Refusal with every problem."""
        if not all(problem.tolerated for problem in self.problems):
            raise Refusal(self.problems, f'the schema "{self.schema_name}"')
        return Snapshot(self.settings, self.engine, dict(self._relations), self._all_facts, self._key())

    @cached_property
    def _all_facts(self) -> Mapping[str, TableFacts]:
        return {name: self._facts(name) for name in self.tables}

    def _notices(self) -> Iterator[str]:
        if "subscriptions" not in self.found:
            yield "there is no table subscriptions: nothing can be said about revenue"
        if "factors" in self.found or any(mapping.left for mapping in self.settings.tables.values()):
            yield "whether churn contradicts the subscriptions was not looked at: that is done for files only"

    @property
    def _namespace(self) -> str:
        return self.engine.namespace(self.schema_name)

    @cached_property
    def _relations(self) -> Mapping[str, str]:
        return {name: relation_of(name, self._namespace, self.found, self.settings) for name in self.tables}

    def _column_problems(self) -> Iterator[Problem]:
        for name in schema.REQUIRED:
            if name not in self.found:
                columns = ", ".join(schema.table(name).names)
                remedy = f"Create it (or a view of that name) and grant SELECT on it: {columns}."
                yield Problem(f"{self.schema_name}.{name}", 0, "", "missing_table", "there is no such table", remedy)
        for name in self.tables:
            yield from column_problems(self.engine, f"{self.schema_name}.{name}", schema.table(name), self.found[name])

    def _row_problems(self) -> Iterator[Problem]:
        for name in self.tables:
            place, raw = f"{self.schema_name}.{name}", qualified(self._namespace, name)
            yield from row_problems(self.engine, place, raw, name, self._relations, self.found, self.settings)

    def _facts(self, name: str) -> TableFacts:
        table = schema.table(name)
        mapped = tuple(column for column in table.names if column in self.found[name])
        latest = f"max(CAST({identifier(table.happened)} AS DATE))" if table.happened else "CAST(NULL AS DATE)"
        row = self.engine.query(f"SELECT count(*) AS n, {latest} AS latest FROM {self._relations[name]}").iloc[0]
        day = None if row["latest"] is None or row["latest"] != row["latest"] else row["latest"].date()
        n_rows = int(row["n"])
        return TableFacts(n_rows, mapped, self._dropped(name, n_rows), self._kept(name), day, self._versions(name))

    def _kept(self, name: str) -> Mapping[str, int]:
        """Rule → rows that break it and are kept as declared."""
        counts: Counter[str] = Counter()
        for problem in self.problems:
            if problem.tolerated and problem.file == f"{self.schema_name}.{name}":
                counts[problem.rule] += problem.count
        return dict(counts)

    def _dropped(self, name: str, n_kept: int) -> Mapping[str, int]:
        """Rule → rows that the relation leaves out."""
        raw = qualified(self._namespace, name)
        n_gone = self._count(f"SELECT 1 AS one FROM {raw}") - n_kept
        condition = internal_rows(name, self._namespace, self.found)
        n_internal = self._count(f"SELECT 1 AS one FROM {raw} WHERE {condition}") if n_gone and condition else 0
        counts = {"internal": n_internal, "orphan": n_gone - n_internal}
        return {rule: n for rule, n in counts.items() if n}

    def _count(self, select: str) -> int:
        return int(self.engine.query(f"SELECT count(*) AS n FROM ({select}) AS counted")["n"][0])

    def _versions(self, name: str) -> bool:
        """Whether rows share a key and differ in recorded_at."""
        key = schema.table(name).key
        if not key or "recorded_at" not in self.found[name]:
            return False
        columns = ", ".join(map(identifier, key))
        doubled = f"SELECT 1 AS one FROM {self._relations[name]} GROUP BY {columns} HAVING count(*) > 1"
        return self._count(doubled) > 0

    def _key(self) -> str:
        """Changes when any row of any table, or a setting, changes."""
        digest = hashlib.sha256(self.settings.model_dump_json().encode())
        for name in self.tables:
            digest.update(f"{name} {self.engine.fingerprint(self.schema_name, name)} ".encode())
        return digest.hexdigest()


def open_warehouse(settings: Settings) -> Warehouse:
    """The canonical tables in the database that `[engine]` names; nothing is read but names and types.

    Raises CsworkbenchError when the database cannot be opened.
    """
    kind, url_env = DATABASES.get(settings.engine.kind), settings.engine.url_env
    if kind is None or not url_env:
        known = " or ".join(f'"{name}"' for name in DATABASES)
        raise CsworkbenchError(f"[engine] needs kind = {known} and url_env, the name of an environment variable")
    name = settings.engine.schema_ or kind.default_schema
    looking = kind(url_env)
    found = looking.found(name, tuple(schema.TABLES))
    looking.close()
    return Warehouse(settings, kind(url_env, {name: found}), name, found)
