"""What-if on the screen: one number per driver."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ..errors import CsworkbenchError
from . import controls, panels

if TYPE_CHECKING:
    from .what_if import WhatIf


class WhatIfWidget:
    """Numbers on top, the projection below; it follows when one of them is changed."""

    def __init__(self, projector: WhatIf) -> None:
        self.projector, say = projector, projector.desk.scene.say
        measures = [(say("NRR"), "nrr"), (say("GRR"), "grr"), (say("NNMRR"), "nnmrr")]
        self.measure = controls.choice(say("Measure"), measures, projector.measure)
        self.drivers = {
            "onboarding_days": controls.number(say("Onboarding, days faster"), 0, 0, 90, 5),
            "usage": controls.number(say("Use, %"), 0, -50, 100, 5),
            "price": controls.number(say("Price at renewal, %"), 0, -30, 30, 1),
            "saved": controls.number(say("Losses averted, %"), 0, 0, 100, 5),
            "n_saved": controls.number(say("among the top"), 20, 1, 100),
        }
        self.alert, self.shown = widgets.HTML(), widgets.HTML()
        lines = [*self.drivers.values()]
        laid_out = controls.rows((self.measure, lines[2]), lines[:2], lines[3:])
        self.box = widgets.VBox([laid_out, self.alert, self.shown])
        for control in (self.measure, *lines):
            control.observe(self._moved, "value")
        self._moved(None)

    def _moved(self, _: Any) -> None:
        found = controls.values_of(self.drivers)
        drivers = {name: value / 100 if name in ("usage", "price", "saved") else value for name, value in found.items()}
        try:
            moved = self.projector.move(self.measure.value, **drivers)
            self.shown.value = str(replace(moved, id="what_if_widget").html)
        except CsworkbenchError as error:
            self.alert.value = str(panels.alert(str(error)))
        else:
            self.alert.value = ""
