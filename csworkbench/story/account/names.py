"""What readers call the texts that tables of an account hold; a text that is not known is shown as it stands."""

from __future__ import annotations

from collections.abc import Mapping

from ..catalogue import marked
from ..language import MISSING, is_missing
from ..scene import Scene
from ..text import shown

_KNOWN: Mapping[str, Mapping[str, str]] = {
    "criterion": {
        "hours_saved_per_month": marked("Hours saved per month"),
        "approval_days": marked("Days to approval"),
        "paper_forms_left": marked("Paper forms left"),
        "teams_live": marked("Teams live"),
    },
    "unit": {
        "hours": marked("hours"),
        "days": marked("days"),
        "forms": marked("forms"),
        "teams": marked("teams"),
    },
    "source": {
        "customer_report": marked("reported by the customer"),
        "usage_data": marked("usage data"),
    },
    "status": {
        "open": marked("not assessed yet"),
        "met": marked("met"),
        "partly": marked("met in part"),
        "missed": marked("missed"),
    },
    "ticket": {
        "how_to": marked("question on use"),
        "incident": marked("incident"),
        "bug": marked("defect"),
        "integration": marked("integration"),
        "billing": marked("billing"),
    },
    "role": {
        "champion": marked("Project lead"),
        "executive_sponsor": marked("Sponsor"),
        "admin": marked("Admin"),
        "end_user_lead": marked("User lead"),
        "buyer": marked("Buyer"),
    },
    "stance": {
        "champion": marked("champion"),
        "supporter": marked("supporter"),
        "neutral": marked("neutral"),
        "sceptic": marked("sceptic"),
        "opponent": marked("opponent"),
    },
    "area": {
        "scope": marked("Scope"),
        "schedule": marked("Schedule"),
        "cost": marked("Cost"),
        "quality": marked("Quality"),
        "resource": marked("Resources"),
        "communication": marked("Communication"),
        "risk": marked("Risk"),
        "stakeholder": marked("Stakeholders"),
        "procurement": marked("Procurement"),
    },
    "level": {
        "good": marked("on track"),
        "watch": marked("watch"),
        "act": marked("act"),
        "unknown": marked("not known"),
    },
    "state": {
        "reached": marked("reached"),
        "late": marked("reached late"),
        "waiting": marked("next"),
        "overdue": marked("overdue"),
        "later": marked("later"),
    },
    "measure": {
        "adoption_index": marked("Adoption Index (0–100)"),
        "seats": marked("Seats in use"),
        "breadth": marked("Core features in use"),
        "regularity": marked("Weeks with use"),
    },
    "kind": {
        "milestone": marked("Milestone"),
        "goal": marked("Goal"),
        "review": marked("Business review"),
        "renewal": marked("Renewal of the contract"),
    },
    "point": {
        "ticket": marked("Support ticket"),
        "action": marked("Promised action"),
        "risk": marked("Risk"),
    },
    "call": {
        "commit": marked("commit"),
        "likely": marked("likely"),
        "at_risk": marked("at risk"),
        "lost": marked("lost"),
    },
}


def named(scene: Scene, what: str, text: object) -> str:
    """What readers call a text of that sort; a text that is not known with blanks for its underscores."""
    if is_missing(text):
        return MISSING
    known = _KNOWN[what].get(str(text))
    return scene.say(known) if known else shown(str(text).replace("_", " "))
