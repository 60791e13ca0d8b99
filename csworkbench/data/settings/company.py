"""The sections that say how the company works: its year, journey, adoption, health, segments, packs, team and look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .section import Section

Month = Annotated[int, Field(ge=1, le=12)]


class Company(Section):
    """Who this is. fiscal_year_start: month in which the fiscal year begins. exported_on: day of the exports (ISO)."""

    name: str
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    fiscal_year_start: Month = 1
    time_zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    exported_on: str | None = None


class Milestone(Section):
    """One step of the success journey: its id in `milestones`, names by language, days in which it is due."""

    id: str
    name: Mapping[str, str] = Field(default_factory=dict)
    days: Annotated[int, Field(gt=0)] = 30
    first_value: bool = False


class Adoption(Section):
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


class Health(Section):
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


class Segments(Section):
    """What splits the book: a column of `accounts`, and names of its values by language."""

    column: str = "segment"
    names: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)


class Packs(Section):
    """Which packs a run makes when none are named, and for which accounts the packs of single accounts are made.

    accounts: their account_ids; None for every paying account.
    """

    kinds: tuple[str, ...] = ("executive", "segment", "team")
    accounts: tuple[str, ...] | None = None


Character = Literal["seller", "supporter", "analyst"]
Words = tuple[str, ...]


class Team(Section):
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


class Brand(Section):
    """How packs look: the name they carry, a logo in the workspace's folder (PNG or SVG), an accent colour #rrggbb."""

    name: str | None = None
    logo: str | None = None
    accent: Annotated[str, AfterValidator(str.lower)] | None = None
