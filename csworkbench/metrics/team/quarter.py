"""All measures of the team for one quarter, made once."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType

import pandas as pd

from ...data.snapshot import View
from ..book import owners_on, paid_spans, segment_of
from ..calendar import Quarter, quarters_back
from ..measures import QuarterMeasures
from . import books, characters, effects, kpis, people, rows, steps, tried, work
from .frames import FRAMES, shaped
from .measures import TeamMeasures

N_COMPARED, N_GROWTH = 4, 8

_NEEDS = MappingProxyType(
    {
        "csms": ("assignments",),
        "effects": ("assignments",),
        "spread": ("assignments",),
        "books": ("assignments",),
        "growth": ("assignments",),
        "ramp": ("csms", "assignments"),
        "steps": ("milestones", "assignments"),
        "work": ("activities",),
        "fires": ("tickets",),
        "characters": ("assignments",),
        "competencies": ("competencies", "assignments"),
        "ratings": ("competencies",),
        "interviews": ("interviews",),
        "hires": ("interviews", "assignments"),
        "trainings": ("trainings",),
        "tried": ("changes",),
    }
)


def measure_team(view: View, measures: QuarterMeasures) -> TeamMeasures:
    """Every frame of the team that the tables of the view allow; what is missing for the others is in `absent`.

    measures: of the same view.
    """
    making = _Making(view, measures)
    absent = {name: missing for name in FRAMES if (missing := making.missing(name))}
    frames = {name: shaped(name, getattr(making, name)) for name in FRAMES if name not in absent}
    return TeamMeasures(MappingProxyType(frames), MappingProxyType(absent))


class _Making:
    """The frames of the team while they are made; each property has the name of its frame."""

    def __init__(self, view: View, measures: QuarterMeasures) -> None:
        self.view, self.measures, self.policy = view, measures, view.settings.team
        self.quarter, self.closing = measures.quarter, measures.quarter.closing
        self.compared = quarters_back(self.quarter, N_COMPARED)

    def missing(self, name: str) -> tuple[str, ...]:
        """The tables (or settings) without which the frame cannot be made."""
        absent = tuple(table for table in _NEEDS.get(name, ()) if not self.view.has(table))
        if name == "steps" and not absent:
            return self.measures.absent.get("journey", ())
        return absent

    @cached_property
    def books(self) -> pd.DataFrame:
        return books.books(self.view, [*{*books.month_ends(self.closing), *(q.closing for q in self._grown)}])

    @property
    def _grown(self) -> tuple[Quarter, ...]:
        return quarters_back(self.quarter, N_GROWTH)

    @cached_property
    def csms(self) -> pd.DataFrame:
        return books.csms(self.view, self.books, self.closing)

    @cached_property
    def growth(self) -> pd.DataFrame:
        return books.growth(self.csms, self.books, self._grown, self.policy.accounts_per_csm)

    @cached_property
    def ramp(self) -> pd.DataFrame:
        return books.ramp(self.csms, self.books)

    @cached_property
    def work(self) -> pd.DataFrame:
        return work.work(self.view, quarters_back(self.quarter, N_COMPARED + 1))

    @cached_property
    def fires(self) -> pd.DataFrame:
        return work.fires(self.view, self.quarter.opening, self.closing)

    @cached_property
    def kpis(self) -> pd.DataFrame:
        return kpis.kpis(self.measures, None if self.missing("work") else self.work)

    @cached_property
    def _owners(self) -> pd.Series:
        return owners_on(self.view, [self.closing]).iloc[:, 0]

    @cached_property
    def _step_rows(self) -> pd.DataFrame:
        return steps.step_rows(self.view, self.measures.frame("journey"))

    @cached_property
    def steps(self) -> pd.DataFrame:
        return steps.step_shares(self._step_rows)

    @cached_property
    def effects(self) -> pd.DataFrame:
        revenue = rows.revenue_rows(self.view, self.compared, self.measures.frame("movements"))
        found = {
            "nnmrr": revenue.assign(outcome=revenue["gain"] - revenue["loss"]),
            "grr": revenue.assign(outcome=-revenue["loss"]),
        }
        if "adoption" in self.measures.frames:
            adoption = self.measures.frame("adoption")
            found["adoption"] = rows.adoption_rows(self.view, self.quarter, adoption, self._owners)
        if not self.missing("steps"):
            found["steps"] = self._step_rows
        return effects.effects(found)

    @cached_property
    def spread(self) -> pd.DataFrame:
        return effects.spread(self.effects)

    @cached_property
    def ratings(self) -> pd.DataFrame:
        return people.ratings(self.view.table("competencies").astype({"csm_id": "str"}), self.closing)

    @cached_property
    def competencies(self) -> pd.DataFrame:
        return people.competencies(self.ratings, self.effects)

    @cached_property
    def interviews(self) -> pd.DataFrame:
        return people.interviews(self.view.table("interviews"))

    @cached_property
    def hires(self) -> pd.DataFrame:
        return people.hires(self.view.table("interviews").astype({"csm_id": "str"}), self.effects)

    @cached_property
    def trainings(self) -> pd.DataFrame:
        return people.trainings(self.view.table("trainings"), None if self.missing("steps") else self._step_rows)

    @cached_property
    def tried(self) -> pd.DataFrame:
        spans = paid_spans(self.view)
        spans = spans.assign(segment=segment_of(self.view, spans.index).to_numpy())
        known = steps.due_steps(self.measures.frame("journey")) if "journey" in self.measures.frames else None
        return tried.tried(self.view.table("changes"), spans, known, self.closing)

    @cached_property
    def characters(self) -> pd.DataFrame:
        words, found = self.policy.characters, []
        if not self.missing("work"):
            recent = self.work[self.work["quarter"].isin([quarter.label for quarter in self.compared])]
            found.append(characters.given(recent, words))
        if not self.missing("ratings"):
            found.append(characters.rated(self.ratings, self.csms.set_index("csm_id")["fte"], words))
        facts = self._facts
        found.append(characters.asked(characters.calls(facts), facts["account_id"].map(self._owners)))
        return pd.concat([frame for frame in found if len(frame)] or found[:1], ignore_index=True)

    @property
    def _facts(self) -> pd.DataFrame:
        """The accounts of the measures that pay now, with what `characters.calls` asks for."""
        a = self.measures.frame("accounts")
        a = a[a["mrr"] > 0].reset_index(drop=True)
        day, gaps = pd.Timestamp(self.closing), self.measures.frames.get("say_do", pd.DataFrame({"account_id": []}))
        bands = self.measures.settings.adoption.bands
        sales = self._open_sales
        measured = a["coverage"].fillna(0.0) if self.view.has("usage") else 1.0
        return a.assign(
            coverage=measured,
            renewal_in_days=(a["renews_on"] - day).dt.days,
            n_open_sales=a["account_id"].map(sales),
            days_since_start=(day - a["started_on"]).dt.days,
            is_on_the_way=a["milestone_next"].notna(),
            is_lowest_band=(a["band"] == min(bands, key=lambda name: bands[name], default="")).astype("boolean"),
            fell_points=a["adoption_index_opening"] - a["adoption_index"],
            has_gap=a["account_id"].isin(gaps["account_id"]),
        )

    @property
    def _open_sales(self) -> pd.Series:
        if not self.view.has("opportunities"):
            return pd.Series(dtype="float64")
        text = (
            "SELECT account_id, count(*) AS n FROM opportunities WHERE kind IN ('upsell', 'cross_sell')"
            " AND closed_on IS NULL AND (stage IS NULL OR stage = 'open') GROUP BY account_id"
        )
        return self.view.sql(text).astype({"account_id": "str"}).set_index("account_id")["n"]
