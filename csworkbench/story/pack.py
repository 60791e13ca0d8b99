"""A pack: the cover, sections of exhibits, and the end, as a notebook shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..errors import UnknownName
from ..metrics.business.measures import FOLDER as BUSINESS
from ..metrics.business.measures import QuarterBusiness, load_business
from ..metrics.measures import load_measures
from ..metrics.questions.pinned import Pinned, load_pinned
from ..models.quarter import QuarterScores, load_scores
from .brand import branded
from .catalogue import marked
from .difference.told import load_told
from .exhibit import Exhibit
from .exhibits import (
    adoption,
    at_risk,
    calibration,
    changes,
    closing,
    cohorts,
    commitments,
    concentration,
    decisions,
    expansion,
    factors,
    forecast,
    forecast_error,
    forecast_segments,
    journey,
    lifetime_value,
    loss_reasons,
    people,
    post_mortem,
    prevention,
    profile,
    renewals,
    renewals_ahead,
    responses,
    rests_on,
    retention,
    revenue,
    scorecard,
    segments,
    signals,
    tenure,
    themes,
    tiles,
    value,
    voice,
    whitespace,
)
from .exhibits.pinned import pinned as answered_pin
from .fragment import Fragment as Fragment
from .fragment import section, title
from .own import Own
from .sample import sample_measures, sample_view
from .scene import Scene, scene_of
from .text import shown

SCORES = "scores"

EXHIBITS: Mapping[str, Callable[[Scene], Exhibit]] = {
    "tiles": tiles.tiles,
    "mrr_bridge": revenue.mrr_bridge,
    "retention_trend": retention.retention_trend,
    "segments": segments.segments,
    "lifetime_value": lifetime_value.lifetime_value,
    "logo_cohorts": cohorts.logo_cohorts,
    "revenue_cohorts": cohorts.revenue_cohorts,
    "adoption_bands": adoption.adoption_bands,
    "journey_funnel": journey.journey_funnel,
    "time_to_value": value.time_to_value,
    "renewal_rates": renewals.renewal_rates,
    "renewals_due": renewals.renewals_due,
    "attention": people.attention,
    "at_risk": at_risk.at_risk,
    "expansion": expansion.expansion,
    "whitespace": whitespace.whitespace,
    "forecast": forecast.forecast,
    "forecast_segments": forecast_segments.forecast_segments,
    "forecast_error": forecast_error.forecast_error,
    "post_mortem": post_mortem.post_mortem,
    "scorecard": scorecard.scorecard,
    "calibration": calibration.calibration,
    "signals": signals.signals,
    "factors": factors.factors,
    "service": people.service,
    "say_do": voice.say_do,
    "decisions": decisions.decisions,
    "renewals_ahead": renewals_ahead.renewals_ahead,
    "concentration": concentration.concentration,
    "commitments": commitments.commitments,
    "overdue": commitments.overdue,
    "profile": profile.profile,
    "tenure_hazard": tenure.tenure_hazard,
    "loss_reasons": loss_reasons.loss_reasons,
    "prevention": prevention.prevention,
    "themes": themes.themes,
    "responses": responses.responses,
    "changes": changes.changes,
    "entered_left": changes.entered_left,
    "rests_on": rests_on.rests_on,
    "definitions": closing.definitions,
    "freshness": closing.freshness,
}

LEAD = marked("{quarter} ({months})")

HEADINGS: Mapping[str, str] = {
    "glance": marked("At a glance"),
    "attention": marked("Who needs a person now"),
    "revenue": marked("Revenue"),
    "segments": marked("Segments"),
    "cohorts": marked("Cohorts"),
    "adoption": marked("Adoption"),
    "journey": marked("Success journey"),
    "renewals": marked("Renewals"),
    "forecast": marked("Forecast"),
    "risk": marked("Accounts at risk"),
    "losses": marked("Accounts that left"),
    "expansion": marked("Expansion"),
    "whitespace": marked("White space"),
    "signs": marked("Early signs and factors"),
    "score": marked("How good the score is"),
    "service": marked("Service and voice"),
    "decisions": marked("Decisions asked for"),
    "concentration": marked("Concentration"),
    "commitments": marked("Last quarter’s promises"),
    "profile": marked("Profile"),
    "tenure": marked("Leaving by tenure"),
    "reasons": marked("Why accounts left"),
    "responses": marked("What was done and what followed"),
    "changes": marked("What changed since the last pack"),
    "pinned": marked("Views pinned by the analyst"),
    "data": marked("Definitions and data"),
}


@dataclass(frozen=True)
class Pack(Own):
    """One pack of a quarter; each method gives what one cell of its notebook shows."""

    scene: Scene
    pins: tuple[Pinned, ...] = ()

    @property
    def exhibits(self) -> Mapping[str, Callable[[Any], Exhibit]]:
        """What this kind of pack can show, by id."""
        return EXHIBITS

    @property
    def headings(self) -> Mapping[str, str]:
        """The headings of its sections, by id."""
        return HEADINGS

    def cover(self) -> Fragment:
        """The title, the quarter, and the tiles."""
        said = self.scene.say("{who}: business review", who=self.who)
        return Fragment(title(self.scene, said, LEAD) + self.section("glance", "tiles").html)

    @property
    def who(self) -> str:
        """Whom the pack is about: the company, or the segment."""
        scene = self.scene
        return shown(scene.measures.settings.shown_name) if scene.segment is None else scene.name(scene.segment)

    def section(self, id: str, *exhibits: str) -> Fragment:
        """A heading and its exhibits, by their ids; UnknownName with the near one otherwise.

        Exhibits that are absent for the same reason share one line.
        """
        return section(self.scene, self.headings, id, map(self.exhibit, exhibits))

    def exhibit(self, id: str) -> Exhibit:
        """One exhibit; UnknownName with the near one otherwise."""
        if id not in self.exhibits:
            raise UnknownName("exhibit", id, tuple(self.exhibits))
        return branded(self.exhibits[id](self.scene), self.scene)

    def pinned(self) -> Fragment:
        """The views that an analyst pinned for this kind of pack; nothing where there is none."""
        if not self.pins:
            return Fragment(Markup(""))
        shown_pins = (branded(answered_pin(self.scene, pin), self.scene).html for pin in self.pins)
        return Fragment(Markup("").join([self.section("pinned").html, *shown_pins]))

    def closing(self) -> Fragment:
        """What the measures mean, and how fresh and complete the data is."""
        return self.section("data", "freshness", "definitions")


def open_pack(
    measures: str | Path = "",
    quarter: str = "",
    segment: str = "",
    lang: str = "en",
    previous: str | Path | None = None,
    pins: str | Path = "",
) -> Pack:
    """The pack of a quarter, over all accounts or over one segment.

    measures: folder of the saved measures of the quarter, with the scores in its folder `scores` when some were made;
    empty for the sample company, measured here and now, without scores.
    quarter: such as 2026Q3; must be that of the measures. previous: folder of the last quarter's measures.
    pins: folder of the answers to pinned questions; empty for none.
    Raises UnknownName for a segment or language not there.
    """
    found = load_measures(measures) if measures else sample_measures(quarter)
    if quarter and found.quarter.label != quarter:
        raise UnknownName("quarter in these measures", quarter, (found.quarter.label,))
    before = load_told(previous) if previous else None
    scene = scene_of(found, lang, segment, _scores(measures), _business(measures, quarter), before)
    return Pack(scene, tuple(load_pinned(pins, scene.unit)) if pins else ())


def _scores(measures: str | Path) -> QuarterScores | None:
    folder = Path(measures) / SCORES
    return load_scores(folder) if measures and folder.is_dir() else None


def _business(measures: str | Path, quarter: str) -> QuarterBusiness | None:
    folder = Path(measures) / BUSINESS
    if not measures:
        return _sample_business(quarter)
    return load_business(folder) if folder.is_dir() else None


@cache
def _sample_business(quarter: str) -> QuarterBusiness:
    from ..metrics.business.quarter import measure_business

    return measure_business(sample_view(quarter), sample_measures(quarter))
