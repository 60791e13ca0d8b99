"""A first workspace.toml out of a folder of exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ... import schema
from ...errors import CsworkbenchError
from ..settings import FILE, parse_settings
from .exports import Exports
from .plan import Plan, plan_of
from .text import workspace_text

__all__ = ["InitReport", "write_first_workspace"]


@dataclass(frozen=True)
class InitReport:
    """What was written and guessed; as text, what to do next. path: the workspace.toml."""

    path: Path
    plan: Plan

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that are mapped."""
        return tuple(feed.table for feed in self.plan.feeds)

    @property
    def missing(self) -> tuple[str, ...]:
        """Tables that packs need and that no export was recognised as."""
        return tuple(name for name in schema.PACKS_NEED if name not in self.tables)

    @property
    def questions(self) -> tuple[str, ...]:
        """What the user must decide before numbers can be trusted."""
        picks = [(f"{feed.table}.{name}", pick) for feed in self.plan.feeds for name, pick in feed.picks.items()]
        found = [f"{name}: {pick.open}" for name, pick in picks if pick.open]
        found += [f"{name}: {why}" for name, (_, why) in self.plan.company.items() if why.startswith("not known")]
        if self.plan.exported_on:
            found.append(f"exported_on: nothing happened after {self.plan.exported_on}, so the exports may be that old")
        return (*found, *(f"no export was recognised as {name}, which packs need" for name in self.missing))

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"wrote {self.path}"
        for feed in self.plan.feeds:
            unsure = [name for name, pick in feed.picks.items() if pick.confidence == "a guess"]
            more = f" (a guess: {', '.join(unsure)})" if unsure else ""
            yield f"  {feed.export.name} -> {feed.table}: {len(feed.picks)} columns{more}"
        for aside in self.plan.asides:
            yield f"  {aside.name} is not used: {aside.why}"
        if self.questions:
            yield "to decide, in workspace.toml (look for TODO?):"
            yield from (f"  {question}" for question in self.questions)
        yield f"next: read {self.path.name}, then run: csworkbench check {self.path.parent}"


def write_first_workspace(folder: str | Path, overwrite: bool = False, today: date | None = None) -> InitReport:
    """Look at the exports in a folder and write a commented workspace.toml beside them.

    today: where given, exports that end more than a quarter before it are taken for as old as their latest fact.
    The exports are only read. Raises CsworkbenchError when there is no folder, nothing to read, or already a
    workspace.toml (and not overwrite).
    """
    place = Path(folder)
    path = place / FILE
    if not place.is_dir():
        raise CsworkbenchError(f"{place} is not a folder. Give the folder that holds your exports.")
    if path.exists() and not overwrite:
        raise CsworkbenchError(f"{path} is already there and was left as it is. Move it away for a new first guess.")
    exports = Exports(place)
    if not exports.tables:
        aside = "; ".join(f"{aside.name}: {aside.why}" for aside in exports.asides)
        said = f"{place} holds no export that can be read (csv, xlsx, parquet, duckdb). {aside}".strip()
        remedy = f"Put the exports there: at least {' and '.join(schema.PACKS_NEED)}."
        raise CsworkbenchError(f"{said.removesuffix('.')}. {remedy}")
    plan = plan_of(exports, today)
    text = workspace_text(plan)
    parse_settings(text)
    path.write_text(text, encoding="utf-8", newline="\n")
    return InitReport(path, plan)
