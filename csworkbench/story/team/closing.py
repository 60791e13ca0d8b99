"""What the team's own measures mean."""

from __future__ import annotations

from ...metrics.team.definitions import TEAM_DEFINITIONS
from ..exhibit import Exhibit
from ..exhibits.closing import definitions_table
from .scene import TeamScene


def meanings(scene: TeamScene) -> dict[str, tuple[str, str]]:
    """Definition id → name and meaning as read."""
    say = scene.say
    return {
        "csm_effect": (
            say("Adjusted effect of a CSM"),
            say(
                "What the book gave beyond what the same segments, tenure and plans give with all CSMs, drawn towards "
                "zero by how little the book tells."
            ),
        ),
        "csm_spread": (
            say("Dependence on individuals"),
            say("Standard deviation between CSMs after adjusting; chance is taken out."),
        ),
        "proactive_share": (
            say("Proactive share"),
            say("Hours of proactive activities over all hours whose direction is known; the rest is firefighting."),
        ),
        "repeat_ticket": (
            say("Repeated ticket"),
            say("The account had another ticket of the same category in the 90 days before."),
        ),
        "full_book": (
            say("Full book"),
            say("80% or more of the median accounts of CSMs who joined a year or more before, by full-time share."),
        ),
        "characters": (
            say("Three characters"),
            say(
                "Seller, supporter, analyst: shares of hours, of ratings, and of what accounts call for; never a label."
            ),
        ),
        "competency_effect": (
            say("Difference of competencies"),
            say("Better half minus the rest in standard deviations (Hedges’ g); no claim under 5 CSMs a side."),
        ),
    }


def team_definitions(scene: TeamScene) -> Exhibit:
    """Name, meaning, version and source of the team's measures."""
    words = meanings(scene)
    rows = [(*words[item.id], item.label, item.source) for item in TEAM_DEFINITIONS.values()]
    return definitions_table(scene, "team_definitions", scene.say("What the team’s measures mean"), rows)
