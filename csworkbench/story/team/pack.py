"""The pack of the CS manager: its sections, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ...errors import UnknownName
from ...metrics.measures import QuarterMeasures, load_measures
from ...metrics.team.measures import TeamMeasures, load_team
from ...metrics.team.quarter import measure_team
from ..catalogue import marked
from ..difference.told import load_told
from ..exhibit import Exhibit
from ..exhibits import changes, rests_on
from ..exhibits import closing as common
from ..fragment import Fragment, title
from ..pack import LEAD, Pack
from ..sample import sample_measures, sample_view
from . import (
    capacity,
    characters,
    closing,
    effects,
    growth,
    interviews,
    kpi_tree,
    load,
    people,
    policy,
    ramp,
    repeats,
    steps,
    tiles,
    trainings,
    tried,
)
from .scene import TeamScene, team_scene

EXHIBITS: Mapping[str, Callable[[TeamScene], Exhibit]] = {
    "team_tiles": tiles.team_tiles,
    "kpi_tree": kpi_tree.kpi_tree,
    "csm_effects": effects.csm_effects,
    "dependence": effects.dependence,
    "step_matrix": steps.step_matrix,
    "firefighting": load.firefighting,
    "repeat_causes": repeats.repeat_causes,
    "policy_hours": policy.policy_hours,
    "capacity": capacity.capacity,
    "growth_line": growth.growth_line,
    "ramp": ramp.ramp,
    "characters": characters.characters,
    "competencies": people.competencies,
    "development": people.development,
    "interviews": interviews.interviews,
    "trainings": trainings.trainings,
    "tried": tried.tried,
    "changes": changes.changes,
    "rests_on": rests_on.rests_on,
    "freshness": common.freshness,
    "team_definitions": closing.team_definitions,
    "definitions": common.definitions,
}

HEADINGS: Mapping[str, str] = {
    "glance": marked("At a glance"),
    "kpis": marked("From the goal to what we can move"),
    "csms": marked("CSMs after adjusting for their books"),
    "steps": marked("Steps of the journey"),
    "work": marked("Proactive work and firefighting"),
    "capacity": marked("Capacity and growth"),
    "characters": marked("Balance of characters and the next hire"),
    "people": marked("Competencies, interviews, trainings"),
    "tried": marked("What was tried and what followed"),
    "changes": marked("What changed since the last pack"),
    "data": marked("Definitions and data"),
}


@dataclass(frozen=True)
class TeamPack(Pack):
    """The team's pack of a quarter; each method gives what one cell of its notebook shows."""

    @property
    def exhibits(self) -> Mapping[str, Callable[[Any], Exhibit]]:
        """What the team's pack can show, by id."""
        return EXHIBITS

    @property
    def headings(self) -> Mapping[str, str]:
        """The headings of its sections, by id."""
        return HEADINGS

    def cover(self) -> Fragment:
        """The title, the quarter, for whom it is, and the tiles."""
        scene = self.scene
        warned = scene.say("For the manager of the team only: it names people.")
        head = title(scene, scene.say("{who}: the CS team", who=self.who), LEAD, warned)
        return Fragment(head + self.section("glance", "team_tiles").html)

    def closing(self) -> Fragment:
        """How fresh and complete the data is, and what the measures mean."""
        return self.section("data", "freshness", "team_definitions", "definitions")


def open_team(
    team: str | Path = "",
    measures: str | Path = "",
    quarter: str = "",
    lang: str = "en",
    previous: str | Path | None = None,
) -> TeamPack:
    """The team's pack of a quarter.

    team, measures: folders of the saved measures of the team and of the quarter; without one of them the sample
    company, measured here and now. quarter: such as 2026Q3; must be that of the measures. previous: folder of the
    last quarter's measures.
    """
    found, of_team = (load_measures(measures), load_team(team)) if team and measures else _sample(quarter)
    if quarter and found.quarter.label != quarter:
        raise UnknownName("quarter in these measures", quarter, (found.quarter.label,))
    scene: TeamScene = team_scene(found, of_team, lang)
    return TeamPack(replace(scene, before=load_told(previous)) if previous else scene)


@cache
def _sample(quarter: str) -> tuple[QuarterMeasures, TeamMeasures]:
    measures = sample_measures(quarter)
    return measures, measure_team(sample_view(quarter), measures)
