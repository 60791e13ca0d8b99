"""workspace.toml as typed, frozen settings; an unknown key is an error that suggests the near one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from ...errors import Problem, SettingsError
from ...schema import TABLES
from ...schema import table as canonical_table
from ..logo import logo_problems
from .company import Adoption, Brand, Company, Health, Milestone, Packs, Segments, Team
from .faults import FILE, faults_of, meaning_faults, unknown
from .section import Section
from .sources import ColumnMap, Engine, Lookup, Source, TableMap, Unpivot

__all__ = [
    "FILE",
    "Adoption",
    "Brand",
    "ColumnMap",
    "Company",
    "Engine",
    "Health",
    "Lookup",
    "Milestone",
    "Packs",
    "Segments",
    "Settings",
    "Source",
    "TableMap",
    "Team",
    "Unpivot",
    "parse_settings",
    "read_settings",
]


class Settings(Section):
    """All of workspace.toml."""

    company: Company
    rates: Mapping[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    sources: Mapping[str, Source] = Field(default_factory=dict)
    tables: Mapping[str, TableMap] = Field(default_factory=dict)
    segments: Segments = Segments()
    journey: tuple[Milestone, ...] = ()
    adoption: Adoption = Adoption()
    health: Health = Health()
    packs: Packs = Packs()
    team: Team = Team()
    engine: Engine = Engine()
    brand: Brand = Brand()

    @property
    def shown_name(self) -> str:
        """What packs call the company."""
        return self.brand.name or self.company.name


def read_settings(folder: str | Path) -> Settings:
    """The settings of the workspace in that folder.

    Raises SettingsError with every wrong key, the place of a syntax error, or the way to a first workspace.toml.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        raise SettingsError([_no_workspace(path)], str(folder))
    try:
        settings = parse_settings(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        problem = Problem(FILE, 0, "", "not_utf8", f"is not UTF-8 at byte {error.start}", "Save it as UTF-8.")
        raise SettingsError([problem], FILE) from None
    if faults := list(logo_problems(settings.brand.logo, path.parent)):
        raise SettingsError(faults, FILE)
    return settings


def _no_workspace(path: Path) -> Problem:
    if not path.parent.is_dir():
        return Problem(str(path.parent), 0, "", "no_folder", "is not a folder", f"Give the folder that holds {FILE}.")
    remedy = f"Give a folder that holds {FILE}, or write a first one with: csworkbench init {path.parent}"
    return Problem(str(path), 0, "", "no_workspace", "there is no such file", remedy)


def parse_settings(text: str) -> Settings:
    """Settings from the text of a workspace.toml; SettingsError with every problem."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        remedy = "Mend the line; strings need quotes, tables need [brackets]."
        raise SettingsError([Problem(FILE, 0, "", "not_toml", f"is not TOML: {error}", remedy)], FILE) from None
    problems = [*_unknown_names(raw)]
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError([*problems, *faults_of(error.errors(), raw, Settings)], FILE) from None
    problems += meaning_faults(settings)
    if problems:
        raise SettingsError(problems, FILE)
    return settings


def _unknown_names(raw: Mapping[str, Any]) -> list[Problem]:
    tables = raw.get("tables")
    found: list[Problem] = []
    for name, mapped in (tables if isinstance(tables, dict) else {}).items():
        if name not in TABLES:
            found.append(unknown(f"tables.{name}", name, TABLES))
            continue
        columns = mapped.get("columns", {}) if isinstance(mapped, dict) else {}
        known = canonical_table(name).names
        found += [unknown(f"tables.{name}.columns.{c}", c, known) for c in columns if c not in known]
    return found
