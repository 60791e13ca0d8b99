"""What readers call the factors, the phases of a customer's life, and what may come of them."""

from __future__ import annotations

from collections.abc import Mapping

from ..catalogue import marked
from ..scene import Scene
from ..text import shown
from .feature_names import FEATURE_NAMES
from .signal_names import SIGNAL_NAMES

_FACTORS: Mapping[str, str] = {
    "seats_in_use": marked("most seats in use"),
    "first_value_reached": marked("first value reached"),
    "proactive_care": marked("mostly proactive contact"),
    "experienced_csm": marked("same CSM for a year"),
    "review_held": marked("a business review was held"),
    "plan_agreed": marked("a success plan was agreed"),
    "criterion_met": marked("a success criterion was met"),
    "champion_there": marked("a champion is known"),
    "low_adoption": marked("low adoption"),
    "slow_onboarding": marked("slow onboarding"),
    "price_increase": marked("price rise"),
    "missing_capability": marked("a missing capability"),
    "payment_trouble": marked("trouble with payment"),
    "repeated_incidents": marked("repeated incidents"),
    "competitor": marked("a competitor"),
    "new_use_case": marked("a new use case"),
    "strong_champion": marked("a strong champion"),
    "team_growth": marked("a growing team"),
}
_FUNCTIONS: Mapping[str, str] = {
    "onboarding": marked("onboarding"),
    "adoption": marked("adoption"),
    "analysis": marked("analysis"),
    "consulting": marked("consulting"),
    "marketing": marked("marketing"),
    "training": marked("training"),
    "community": marked("community"),
    "csm_ae": marked("CSM and sales"),
}
_ASSETS: Mapping[str, str] = {
    "checklist": marked("checklist"),
    "video": marked("video"),
    "workshop": marked("workshop"),
    "template": marked("template"),
}
_PHASES: Mapping[str, str] = {
    "onboarding": marked("onboarding"),
    "operation": marked("operation"),
    "renewal": marked("before renewal"),
    "unknown": marked("phase not named"),
}
_OUTCOMES: Mapping[str, str] = {
    "churn": marked("leaving"),
    "contraction": marked("cutting back"),
    "expansion": marked("growing"),
    "renewal": marked("renewing"),
    "step_in_time": marked("reaching the step in time"),
}
_TOUCH, _ASSET = "touch_", "asset_"


def factor_name(scene: Scene, factor: str) -> str:
    """What readers call a factor; texts of people as they wrote them."""
    known = _FACTORS.get(factor) or SIGNAL_NAMES.get(factor) or FEATURE_NAMES.get(factor)
    if known:
        return scene.say(known)
    if factor.startswith(_TOUCH):
        return scene.say("contact on {function}", function=_known(scene, factor.removeprefix(_TOUCH), _FUNCTIONS))
    if factor.startswith(_ASSET):
        return scene.say("use of the {asset}", asset=_known(scene, factor.removeprefix(_ASSET), _ASSETS))
    return _plain(factor)


def phase_name(scene: Scene, phase: str) -> str:
    """A phase as read; a milestone by its name in the settings."""
    return scene.say(_PHASES[phase]) if phase in _PHASES else scene.milestone(phase)


def outcome_name(scene: Scene, outcome: str) -> str:
    """What may come, as read."""
    return _known(scene, outcome, _OUTCOMES)


def _known(scene: Scene, code: str, words: Mapping[str, str]) -> str:
    return scene.say(words[code]) if code in words else _plain(code)


def _plain(text: str) -> str:
    return shown(text.replace("_", " "))
