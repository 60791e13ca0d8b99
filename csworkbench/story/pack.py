"""A pack: the cover, sections of exhibits, and the end, as a notebook shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from ..errors import UnknownName
from ..metrics.quarter import QuarterMeasures, load_measures, measure_quarter
from ..models.quarter import QuarterScores, load_scores
from .catalogue import marked
from .exhibit import Exhibit
from .exhibits import (
    adoption,
    at_risk,
    calibration,
    closing,
    cohorts,
    expansion,
    factors,
    forecast,
    forecast_error,
    forecast_segments,
    journey,
    named_reasons,
    people,
    post_mortem,
    renewals,
    retention,
    revenue,
    scorecard,
    segments,
    signals,
    tiles,
    value,
    voice,
    whitespace,
)
from .scene import Scene, scene_of
from .text import shown

SCORES = "scores"

EXHIBITS: Mapping[str, Callable[[Scene], Exhibit]] = {
    "tiles": tiles.tiles,
    "mrr_bridge": revenue.mrr_bridge,
    "retention_trend": retention.retention_trend,
    "segments": segments.segments,
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
    "named_reasons": named_reasons.named_reasons,
    "service": people.service,
    "say_do": voice.say_do,
    "definitions": closing.definitions,
    "freshness": closing.freshness,
}

HEADINGS: Mapping[str, str] = {
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
    "data": marked("Definitions and data"),
}


@dataclass(frozen=True)
class Fragment:
    """A piece of a pack that displays as HTML and nothing else."""

    html: Markup

    def _repr_html_(self) -> str:
        return str(self.html)

    def __repr__(self) -> str:
        return f"<{len(self.html):,} characters of a pack>"


@dataclass(frozen=True)
class Pack:
    """One pack of a quarter; each method gives what one cell of its notebook shows."""

    scene: Scene

    def cover(self) -> Fragment:
        """The title, the quarter, and the tiles."""
        scene = self.scene
        quarter = scene.quarter
        months = scene.language.months(quarter.starts_on, quarter.closing)
        head = Markup('<h1>{}</h1><p class="cs-lead">{}</p>').format(
            scene.say("{who}: business review", who=self.who),
            scene.say("{quarter} ({months})", quarter=scene.language.quarter(quarter.label), months=months),
        )
        return Fragment(head + self.exhibit("tiles").html)

    @property
    def who(self) -> str:
        """Whom the pack is about: the company, or the segment."""
        scene = self.scene
        return shown(scene.measures.company.name) if scene.segment is None else scene.name(scene.segment)

    def section(self, id: str, *exhibits: str) -> Fragment:
        """A heading and its exhibits, by their ids; UnknownName with the near one otherwise."""
        if id not in HEADINGS:
            raise UnknownName("section", id, tuple(HEADINGS))
        parts = [Markup('<h2 id="section-{}">{}</h2>').format(id, self.scene.say(HEADINGS[id]))]
        return Fragment(Markup("").join([*parts, *(self.exhibit(name).html for name in exhibits)]))

    def exhibit(self, id: str) -> Exhibit:
        """One exhibit; UnknownName with the near one otherwise."""
        if id not in EXHIBITS:
            raise UnknownName("exhibit", id, tuple(EXHIBITS))
        return EXHIBITS[id](self.scene)

    def closing(self) -> Fragment:
        """What the measures mean, and how fresh and complete the data is."""
        return self.section("data", "freshness", "definitions")


def open_pack(measures: str | Path = "", quarter: str = "", segment: str = "", lang: str = "en") -> Pack:
    """The pack of a quarter, over all accounts or over one segment.

    measures: folder of the saved measures of the quarter, with the scores in its folder `scores` when some were made;
    empty for the sample company, measured here and now, without scores.
    quarter: such as 2026Q3; must be that of the measures. Raises UnknownName for a segment or language not there.
    """
    found = load_measures(measures) if measures else _sample(quarter)
    if quarter and found.quarter.label != quarter:
        raise UnknownName("quarter in these measures", quarter, (found.quarter.label,))
    return Pack(scene_of(found, lang, segment, _scores(measures)))


def _scores(measures: str | Path) -> QuarterScores | None:
    folder = Path(measures) / SCORES
    return load_scores(folder) if measures and folder.is_dir() else None


@cache
def _sample(quarter: str) -> QuarterMeasures:
    from ..data.sample import sample_folder
    from ..data.workspace import open_workspace
    from ..metrics.calendar import Quarter

    workspace = open_workspace(sample_folder())
    wanted = Quarter.parse(quarter or "2026Q3", workspace.settings.company.fiscal_year_start)
    return measure_quarter(workspace.as_of(wanted.closing), wanted)
