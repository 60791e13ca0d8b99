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
        return scene.say("contact by {function}", function=_plain(factor.removeprefix(_TOUCH)))
    if factor.startswith(_ASSET):
        return scene.say("used “{asset}”", asset=_plain(factor.removeprefix(_ASSET)))
    return _plain(factor)


def phase_name(scene: Scene, phase: str) -> str:
    """A phase as read; a milestone by its name in the settings."""
    return scene.say(_PHASES[phase]) if phase in _PHASES else scene.milestone(phase)


def outcome_name(scene: Scene, outcome: str) -> str:
    """What may come, as read."""
    return scene.say(_OUTCOMES[outcome]) if outcome in _OUTCOMES else _plain(outcome)


def _plain(text: str) -> str:
    return shown(text.replace("_", " "))
