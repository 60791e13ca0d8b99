"""What-if: move a driver and see the next four quarters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cached_property
from typing import Any

import pandas as pd

from ..errors import CsworkbenchError, UnknownName
from ..models.forecasts.forecaster import Forecaster
from ..models.forecasts.what_if import Change, what_if
from ..models.parts import Parts
from ..story.exhibit import Exhibit, absent
from ..story.reasons import said_again
from ..story.what_if import projection
from .desk import Desk
from .display import mimebundle

MEASURES = ("nrr", "grr", "nnmrr")
DRIVERS = tuple(field.name for field in fields(Change))


class WhatIf:
    """The projections of one desk, from the end of the last quarter that is over.

    Models are fitted at the first question.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk, self.measure, self.change = desk, MEASURES[0], Change()
        self.day = desk.quarter.closing
        self._parts = Parts(desk.workspace.snapshot(), self.day)
        self._known: dict[Change, pd.DataFrame] = {}

    @cached_property
    def _forecaster(self) -> Forecaster:
        return Forecaster(self._parts.snapshot, self._parts.panel)

    @cached_property
    def reason_against(self) -> str:
        """Why there is no projection; empty when there is one."""
        if not self.desk.population.view.has("subscriptions"):
            return "there is no table subscriptions"
        if self._parts.hazard is None:
            return str(self._parts.churn.absent["scores"])
        return self._forecaster.reason_against(self.day)

    def move(self, measure: str = "", **drivers: Any) -> Exhibit:
        """The picture after moving drivers, the others at rest; an error changes nothing.

        measure: nrr, grr or nnmrr. drivers: onboarding_days (days faster), usage and price (relative changes, 0.1 for
        10% more), saved (share of the losses averted, 0 to 1) among the n_saved accounts with most money at risk.
        """
        if measure and measure not in MEASURES:
            raise UnknownName("measure to project", measure, MEASURES)
        for name, value in drivers.items():
            if name not in DRIVERS:
                raise UnknownName("driver", name, DRIVERS)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise CsworkbenchError(f"{name} is {value!r}. It is a number, such as 0.1 for 10%.")
        self.change, self.measure = Change(**drivers), measure or self.measure
        return self.exhibit

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers: see `models.forecasts.what_if.what_if`."""
        if self.reason_against or self._parts.hazard is None:
            raise CsworkbenchError(f"no projection: {self.reason_against}")
        if self.change not in self._known:
            self._known[self.change] = what_if(self._forecaster, self._parts.hazard, self.day, self.change)
        return self._known[self.change]

    @property
    def exhibit(self) -> Exhibit:
        """The measure that is looked at, before and after."""
        scene = self.desk.scene
        if self.reason_against:
            why = said_again(scene.language, self.reason_against)
            return absent("what_if", scene.say("Not shown: {reason}.", reason=why), scene.language)
        scene = replace(scene, measures=replace(scene.measures, as_of=self.day))
        return projection(scene, self.frame, self.change, self.measure)

    @cached_property
    def widget(self) -> Any:
        """The controls and what they show, as one ipywidget."""
        from .what_if_widget import WhatIfWidget

        return WhatIfWidget(self).box

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, Any]:
        return mimebundle(self, str(self.exhibit.html))

    def __repr__(self) -> str:
        return f"<what-if: {self.change}>"
