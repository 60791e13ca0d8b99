"""What-if on the screen: one slider per driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ..errors import CsworkbenchError
from . import controls, panels

if TYPE_CHECKING:
    from .what_if import WhatIf


class WhatIfWidget:
    """Sliders on top, the projection below; it follows when a slider is let go."""

    def __init__(self, projector: WhatIf) -> None:
        self.projector, say = projector, projector.desk.scene.say
        measures = [(say("NRR"), "nrr"), (say("GRR"), "grr"), (say("NNMRR"), "nnmrr")]
        self.measure = controls.choice(say("Measure"), measures, projector.measure)
        self.drivers = {
            "onboarding_days": controls.slider(say("Onboarding, days faster"), 0, 90, 5),
            "usage": controls.slider(say("Use, %"), -50, 100, 5),
            "price": controls.slider(say("Price at renewal, %"), -30, 30, 1),
            "saved": controls.slider(say("Losses averted, %"), 0, 100, 5),
            "n_saved": controls.slider(say("among the top"), 1, 100, 1, 20),
        }
        self.alert, self.shown = widgets.HTML(), widgets.HTML()
        lines = [*self.drivers.values()]
        self.box = widgets.VBox([controls.rows((self.measure, *lines[:2]), lines[2:]), self.alert, self.shown])
        for control in (self.measure, *lines):
            control.observe(self._moved, "value")
        self._moved(None)

    def _moved(self, _: Any) -> None:
        found = controls.values_of(self.drivers)
        drivers = {name: value / 100 if name in ("usage", "price", "saved") else value for name, value in found.items()}
        try:
            self.shown.value = str(self.projector.move(self.measure.value, **drivers).html)
        except CsworkbenchError as error:
            self.alert.value = str(panels.alert(str(error)))
        else:
            self.alert.value = ""
