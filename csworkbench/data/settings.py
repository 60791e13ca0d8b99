"""workspace.toml as typed, frozen settings; an unknown key is an error that suggests the near one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ..errors import Problem, SettingsError
from ..schema import TABLES
from ..schema import table as canonical_table
from .logo import logo_problems
from .settings_faults import FILE as FILE
from .settings_faults import faults_of, meaning_faults, unknown

Month = Annotated[int, Field(ge=1, le=12)]
Share = Annotated[float, Field(ge=0, le=1)]
Tolerance = Literal["refuse", "drop", "keep"]


class Strict(BaseModel):
    """A section that is frozen and knows all its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Company(Strict):
    """Who this is. fiscal_year_start: month in which the fiscal year begins. exported_on: day of the exports (ISO)."""

    name: str
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    fiscal_year_start: Month = 1
    time_zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    exported_on: str | None = None


class Source(Strict):
    """A database: a DuckDB file by `path`, or any SQL database by the environment variable that holds its URL."""

    path: str | None = None
    url_env: str | None = None


class Lookup(Strict):
    """Columns brought from another file: `on` maps a column here to the one there, `take` a new name to one there."""

    path: str | None = None
    source: str | None = None
    table: str | None = None
    query: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    on: Mapping[str, str]
    take: Mapping[str, str]


class Unpivot(Strict):
    """Several columns of one row become several rows: the column's name goes to `name`, its value to `value`."""

    columns: tuple[str, ...]
    name: str = "feature"
    value: str = "count"


class ColumnMap(Strict):
    """Where one canonical column comes from: exactly one of column, constant, expression."""

    column: str | None = None
    constant: str | int | float | bool | None = None
    expression: str | None = None
    values: Mapping[str, str] | None = None
    format: str | None = None
    numbers: str | None = None
    time_zone: str | None = None
    empty: tuple[str, ...] = ("",)


class TableMap(Strict):
    """Where one canonical table comes from, how it is written, and which dirt is tolerated.

    rows, totals: control totals of the export: its data rows, and per canonical column the sum of a number or the count
    of different values of anything else, as read, before conversions and declared drops. sha256: seal of each file, as
    sha256sum prints it. left (of accounts only): condition under which the account has left by the CRM's own word; it
    is held against the subscriptions and becomes no column.
    """

    path: str | tuple[str, ...] | None = None
    source: str | None = None
    table: str | None = None
    query: str | None = None
    sheet: str | None = None
    rows: int | None = None
    totals: Mapping[str, float] = Field(default_factory=dict)
    sha256: str | tuple[str, ...] | None = None
    skip_rows: int = 0
    encoding: str | None = None
    delimiter: str | None = None
    format: str | None = None
    numbers: str | None = None
    time_zone: str | None = None
    multiline: bool = False
    where: str | None = None
    distinct: bool = False
    left: str | None = None
    columns: Mapping[str, str | ColumnMap] = Field(default_factory=dict)
    lookups: Mapping[str, Lookup] = Field(default_factory=dict)
    unpivot: Unpivot | None = None
    credits: bool = False
    on_orphan: Tolerance = "refuse"
    on_duplicate: Tolerance = "refuse"
    on_overlap: Literal["refuse", "sum", "latest"] = "refuse"
    on_future: Tolerance = "refuse"
    on_reversed: Tolerance = "refuse"
    on_before_start: Tolerance = "refuse"
    on_after_end: Tolerance = "keep"
    on_out_of_range: Literal["refuse", "drop", "empty"] = "refuse"
    on_near_key: Literal["refuse", "keep"] = "refuse"
    on_churn_disagrees: Literal["refuse", "keep"] = "refuse"


class Milestone(Strict):
    """One step of the success journey: its id in `milestones`, names by language, days in which it is due."""

    id: str
    name: Mapping[str, str] = Field(default_factory=dict)
    days: Annotated[int, Field(gt=0)] = 30
    first_value: bool = False


class Adoption(Strict):
    """The Adoption Index: core features, weights of its four parts, bands as lower bounds (low to high)."""

    core_features: tuple[str, ...] = ()
    window_days: Annotated[int, Field(gt=0)] = 90
    peers: str = "segment"
    weights: Mapping[Literal["seats", "breadth", "depth", "regularity"], Annotated[float, Field(gt=0)]] = Field(
        default={"seats": 0.3, "breadth": 0.3, "depth": 0.2, "regularity": 0.2}
    )
    bands: Mapping[str, Annotated[float, Field(ge=0, le=100)]] = Field(default={"low": 0, "medium": 40, "high": 70})


HealthPart = Literal[
    "adoption",
    "usage_trend",
    "silence",
    "support",
    "satisfaction",
    "champion",
    "payment",
    "onboarding",
    "engagement",
]


class Health(Strict):
    """Health scores from 0 to 100; bands are lower bounds.

    bands: of the model's health, 100 × the probability to stay for three months. weights, weighted_bands: of the
    transparent score, the weighted mean of its parts.
    """

    bands: Mapping[str, Annotated[float, Field(ge=0, le=100)]] = Field(default={"red": 0, "yellow": 85, "green": 95})
    weights: Mapping[HealthPart, Annotated[float, Field(ge=0)]] = Field(
        default={
            "adoption": 0.25,
            "usage_trend": 0.2,
            "satisfaction": 0.15,
            "support": 0.1,
            "champion": 0.1,
            "payment": 0.1,
            "onboarding": 0.1,
        }
    )
    weighted_bands: Mapping[str, Annotated[float, Field(ge=0, le=100)]] = Field(
        default={"red": 0, "yellow": 50, "green": 75}
    )


class Segments(Strict):
    """What splits the book: a column of `accounts`, and names of its values by language."""

    column: str = "segment"
    names: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)


class Packs(Strict):
    """Which packs a run makes when none are named, and for which accounts the packs of single accounts are made.

    accounts: their account_ids; None for every paying account.
    """

    kinds: tuple[str, ...] = ("executive", "segment", "team")
    accounts: tuple[str, ...] | None = None


Character = Literal["seller", "supporter", "analyst"]
Words = tuple[str, ...]


class Team(Strict):
    """What the team is meant to do. A key that is not set is no policy.

    accounts_per_csm, hours_per_week: of one full-time CSM, with customers. work: touch tier → functions of `activities`
    that belong to it. characters: functions and competencies that show each of the three characters.
    """

    accounts_per_csm: Annotated[float, Field(gt=0)] | None = None
    hours_per_week: Annotated[float, Field(gt=0)] | None = None
    work: Mapping[str, Words] = Field(default_factory=dict)
    characters: Mapping[Character, Words] = Field(
        default={
            "seller": ("csm_ae", "marketing", "negotiation"),
            "supporter": (
                "onboarding",
                "adoption",
                "consulting",
                "support_desk",
                "training",
                "community",
                "listening",
                "product_knowledge",
                "planning",
            ),
            "analyst": ("analysis",),
        }
    )


class Brand(Strict):
    """How packs look: the name they carry, a logo in the workspace's folder (PNG or SVG), an accent colour #rrggbb."""

    name: str | None = None
    logo: str | None = None
    accent: Annotated[str, AfterValidator(str.lower)] | None = None


class Engine(Strict):
    """Where roll-ups run: the embedded DuckDB, or a database that already holds the canonical tables."""

    kind: Literal["duckdb", "postgres"] = "duckdb"
    url_env: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    threads: int | None = None
    memory_limit: str | None = None


class Settings(Strict):
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
