"""What readers call the scores that are compared, and the simple rules among them."""

from __future__ import annotations

from collections.abc import Mapping

from ...metrics.attention import HALVED, RENEWAL_DAYS, SILENT_DAYS
from ..catalogue import marked
from ..scene import Scene
from ..text import shown

MODEL, WEIGHTED, NAIVE, VENDOR = "churn_model", "weighted", "naive:", "vendor:"
_NAMES: Mapping[str, str] = {MODEL: marked("Churn model"), WEIGHTED: marked("Weighted health score")}


def score_name(scene: Scene, score: str) -> str:
    """A score as read: the model, the weighted score, a vendor's by its source, or a simple rule in quotes."""
    if score in _NAMES:
        return scene.say(_NAMES[score])
    if score.startswith(VENDOR):
        return scene.say("Vendor’s score ({name})", name=shown(score.removeprefix(VENDOR)))
    if score.startswith(NAIVE):
        return scene.say("Simple rule: {rule}", rule=rule_name(scene, score))
    return shown(score)


def rule_name(scene: Scene, score: str) -> str:
    """A simple rule as read."""
    percent, say = scene.language.percent, scene.say
    known = {
        "naive:usage_halved": say("usage fell by {share} or more", share=percent(HALVED, 0)),
        "naive:no_use_30_days": say("no use for {n} days", n=SILENT_DAYS),
        "naive:renewal_90_days": say("renewal within {n} days", n=RENEWAL_DAYS),
        "naive:last_rate": say("last quarter’s rate for everybody"),
    }
    return known.get(score) or shown(score.removeprefix(NAIVE).replace("_", " "))
