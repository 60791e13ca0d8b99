"""What the controls of explorers offer, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence

from ..metrics.questions import MEASURES, START, Population, Question
from ..metrics.questions.question import AMOUNT, EARLY, EVENT, FEATURE, HEALTH, PAID
from ..story.asked import column_name, measure_name
from ..story.scene import Scene

Choices = Sequence[tuple[str, str]]


def measures(scene: Scene, population: Population) -> Choices:
    """What can be measured with the tables that are there."""
    paid, used = population.view.has("subscriptions"), population.view.has("usage")
    without_use = (PAID, HEALTH)
    offered = [name for name in MEASURES if paid and (used or Question(measure=name).activity in without_use)]
    kinds = (FEATURE,) if paid else (EVENT, AMOUNT)
    offered += [kind + name for kind in kinds for name in population.features]
    return [(measure_name(scene, Question(measure=name)), name) for name in offered]


def cohorts(scene: Scene, population: Population) -> Choices:
    """What can make a cohort."""
    early = [EARLY + name for name in population.features] if population.view.has("subscriptions") else []
    return [(column_name(scene, name), name) for name in (START, *map(str, population.columns), *early)]


def rules(scene: Scene) -> Choices:
    """What counts as retained."""
    say = scene.say
    return [
        (say("in the period"), "on"),
        (say("in it or later"), "on_or_after"),
        (say("in every period until it"), "rolling"),
    ]


def grains(scene: Scene) -> Choices:
    """How long a period is."""
    return [(scene.say("Quarter"), "quarter"), (scene.say("Month"), "month")]
