"""A workspace: a folder whose workspace.toml says where a company's tables come from."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path

from duckdb import Error as DuckDBError

from ..errors import CsworkbenchError
from ..version import __version__
from .asof import Day
from .check.report import CheckReport
from .engine import DuckDB
from .load import content_key, load
from .settings import FILE, Settings, read_settings
from .snapshot import Snapshot, View
from .sql import literal
from .store import save_snapshot

MEMORY_LIMIT = "2GB"


@dataclass(frozen=True)
class _Opened:
    """snapshot: None where the check found problems in a database, which is then not read any further."""

    report: CheckReport
    tables: tuple[str, ...]
    snapshot: Snapshot | None


@dataclass(frozen=True, repr=False)
class Workspace:
    """A workspace folder. Its tables are read once, at the first question, and kept as long as this object lives.

    today (of `check` and `snapshot`): the day of the exports where company.exported_on does not say it; facts after
    it are a problem.
    """

    path: Path
    settings: Settings
    _opened: dict[date | None, _Opened] = field(default_factory=dict, repr=False, compare=False)

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that are there once raw events are rolled up."""
        return self._open(None).tables

    def check(self, today: date | None = None) -> CheckReport:
        """Every problem of the workspace at once."""
        return self._open(today).report

    def snapshot(self, today: date | None = None) -> Snapshot:
        """The checked tables. Raises errors.Refusal with every problem, if there are any."""
        opened = self._open(today)
        opened.report.raise_for_problems(str(self.path))
        assert opened.snapshot is not None
        return opened.snapshot

    def as_of(self, day: Day) -> View:
        """The tables as they were known at the end of that day."""
        return self.snapshot().as_of(day)

    def save(self, folder: str | Path, today: date | None = None) -> Path:
        """Write the checked tables to `folder` (see `csworkbench.data.store`) and return it."""
        return save_snapshot(self.snapshot(today), folder, self.path / FILE)

    def _open(self, today: date | None) -> _Opened:
        """What `today` led to; a caller that does not say it gets what was loaded last."""
        if today is None and self._opened:
            return [*self._opened.values()][-1]
        if today not in self._opened:
            self._opened.clear()
            self._opened[today] = self._loaded(today)
        return self._opened[today]

    def _loaded(self, today: date | None) -> _Opened:
        if self.settings.engine.kind != "duckdb":
            return self._warehouse()
        engine = private_engine(self.settings)
        loaded = load(engine.connection, self.settings, self.path, today)
        relations = {name: f'"{name}"' for name in loaded.report.facts}
        key = content_key(self.settings, loaded.hashes, __version__, today)
        snapshot = Snapshot(self.settings, engine, relations, loaded.report.facts, key)
        return _Opened(loaded.report, snapshot.tables, snapshot)

    def _warehouse(self) -> _Opened:
        from .warehouse import open_warehouse

        warehouse = open_warehouse(self.settings)
        report = warehouse.report()
        return _Opened(report, warehouse.tables, warehouse.snapshot() if report.ok else None)

    def _repr_html_(self) -> str:
        report = self.check()
        covered = self.snapshot().coverage if report.ok else {}
        rows = "".join(
            f"<tr><td>{name}</td><td>{fact.rows:,}</td><td>{fact.latest or ''}</td>"
            f"<td>{_percent(covered, name)}</td></tr>"
            for name, fact in report.facts.items()
        )
        said = "no problems" if report.ok else f"{len(report.problems)} problems: see .check()"
        return (
            f"<p><b>{escape(self.settings.company.name)}</b>: {said}</p>"
            f"<table><tr><th>table</th><th>rows</th><th>latest</th><th>accounts in it</th></tr>{rows}</table>"
        )

    def __repr__(self) -> str:
        return f"<workspace of {self.settings.company.name} in {self.path}>"


def _percent(covered: Mapping[str, float], name: str) -> str:
    return f"{covered[name]:.0%}" if name in covered else ""


def open_workspace(path: str | Path) -> Workspace:
    """The workspace in that folder (or of that workspace.toml).

    Raises errors.SettingsError with every wrong key of workspace.toml. The tables are not read yet.
    """
    folder = Path(path)
    if folder.is_file():
        folder = folder.parent
    return Workspace(folder, read_settings(folder))


def private_engine(settings: Settings) -> DuckDB:
    """An engine on a file in a new temporary folder, so that memory stays bounded; both go when it is let go."""
    folder = tempfile.mkdtemp(prefix="csworkbench-")
    engine = DuckDB(
        str(Path(folder) / "workspace.duckdb"),
        settings.engine.threads,
        settings.engine.memory_limit or MEMORY_LIMIT,
    )
    spill = literal(str(Path(folder) / "spill"))
    try:
        engine.connection.execute(f"SET temp_directory = {spill}; SET preserve_insertion_order = false")
    except DuckDBError as error:
        _discard(folder)
        said = f"the embedded engine did not start in {folder}: {error}"
        remedy = "Make room there or set TMPDIR, and look at threads and memory_limit under [engine]."
        raise CsworkbenchError(f"{said}. {remedy}") from None
    weakref.finalize(engine, _discard, folder)
    return engine


def _discard(folder: str) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
