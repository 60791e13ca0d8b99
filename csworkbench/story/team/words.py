"""What readers call KPIs, functions, tiers, characters and what else stands in the team's frames."""

from __future__ import annotations

from ...metrics.team.characters import ASKED, GIVES, RATED
from ..catalogue import marked
from ..language import is_missing
from ..text import shown
from .scene import TeamScene

KPIS = {
    "mrr_close": marked("MRR"),
    "new": marked("New MRR"),
    "nnmrr": marked("Net new MRR of the book"),
    "expansion": marked("Expansion"),
    "churn": marked("Churn"),
    "nrr": marked("Net revenue retention"),
    "grr": marked("Gross revenue retention"),
    "logo_churn": marked("Logo churn"),
    "renewal_rate": marked("Renewal rate"),
    "adoption_high_share": marked("Accounts in the top adoption band"),
    "steps_in_time": marked("Journey steps in time"),
    "time_to_value": marked("Time to value, days"),
    "proactive_share": marked("Proactive share of hours"),
}
MEASURES = {
    "nnmrr": marked("NNMRR"),
    "grr": marked("GRR"),
    "adoption": marked("Top band"),
    "steps": marked("Steps in time"),
}
FUNCTIONS = {
    "onboarding": marked("onboarding"),
    "adoption": marked("adoption work"),
    "csm_ae": marked("sales with the AE"),
    "consulting": marked("consulting"),
    "support_desk": marked("support desk"),
    "training": marked("training"),
    "marketing": marked("customer marketing"),
    "community": marked("community"),
    "analysis": marked("data analysis"),
}
TIERS = {
    "high": marked("high touch"),
    "mid": marked("mid touch"),
    "low": marked("low touch"),
    "tech": marked("tech touch"),
}
CHARACTERS = {
    "seller": marked("Proactive seller"),
    "supporter": marked("Steady supporter"),
    "analyst": marked("Analyst"),
}
VIEWS = {
    GIVES: marked("The team gives (hours of a year)"),
    RATED: marked("The team is rated for (competencies)"),
    ASKED: marked("The book asks for (accounts)"),
}


def word(scene: TeamScene, words: dict[str, str], id: object) -> str:
    """The word of an id in the language of the pack; an id of the company's own as it is, without underscores."""
    if is_missing(id):
        return scene.say("not stated")
    return scene.say(words[str(id)]) if str(id) in words else shown(str(id).replace("_", " "))
