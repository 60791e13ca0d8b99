"""Views that an analyst pinned: their questions, answered with the numbers of this quarter."""

from __future__ import annotations

from ...metrics.questions.pinned import Pinned
from ..answered import Answered
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..text import shown


def pinned(scene: Scene, pin: Pinned) -> Exhibit:
    """The answer of a pin, or the one line that says why there is none."""
    id = f"pin-{pin.id}"
    if pin.reason:
        why = scene.say("{name}: not shown ({reason}).", name=shown(pin.name), reason=shown(pin.reason, 200))
        return absent(id, why, scene.language)
    return Answered(scene, pin.question, pin.cells, pin.whole).exhibit(id, pin.name)
