"""What readers call the factors and the phases of the journey."""

from __future__ import annotations

from ..scene import Scene
from ..text import shown
from .feature_names import FEATURE_NAMES
from .signal_names import SIGNAL_NAMES


def factor_name(scene: Scene, factor: str) -> str:
    """What readers call a factor."""
    known = SIGNAL_NAMES.get(factor) or FEATURE_NAMES.get(factor)
    return scene.say(known) if known else shown(factor.replace("_", " "))


def phase_name(scene: Scene, phase: str) -> str:
    """A phase as read: the milestone that ends it, by its name in the settings."""
    return scene.milestone(phase)
