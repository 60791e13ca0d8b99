"""What-if: move a driver and see the next four quarters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from ..errors import CsworkbenchError
from ..metrics.calendar import Quarter
from ..models.forecasts.forecast import Forecaster
from ..models.forecasts.what_if import Change, what_if
from ..models.parts import Parts
from ..story.exhibit import Exhibit
from ..story.what_if import projection
from .desk import Desk
from .display import mimebundle

MEASURES = ("nrr", "grr", "nnmrr")


class WhatIf:
    """The projections of one desk; its day must be the last of a quarter. Models are fitted at the first question."""

    def __init__(self, desk: Desk) -> None:
        if not desk.population.view.has("subscriptions"):
            raise CsworkbenchError("no projection: this workspace has no table subscriptions")
        self.desk, self.measure, self.change = desk, MEASURES[0], Change()
        self._parts = Parts(desk.workspace.snapshot(), desk.as_of)
        self._known: dict[Change, pd.DataFrame] = {}

    @cached_property
    def _forecaster(self) -> Forecaster:
        made = Forecaster(self._parts.snapshot, self._parts.panel)
        if reason := made.reason_against(self.desk.as_of):
            begins = self.desk.workspace.settings.company.fiscal_year_start
            before = Quarter.of(self.desk.as_of, begins).previous.closing
            raise CsworkbenchError(f"no projection: {reason}. Open the desk as of {before}, say.")
        return made

    def move(self, measure: str = "", **drivers: Any) -> Exhibit:
        """The picture after moving drivers (see `Change`), the others at rest; an error changes nothing."""
        self.change, self.measure = Change(**drivers), measure or self.measure
        return self.exhibit

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers: see `models.forecasts.what_if.what_if`."""
        if self._parts.hazard is None:
            raise CsworkbenchError(f"no projection: {self._parts.churn.absent['scores']}")
        if self.change not in self._known:
            self._known[self.change] = what_if(self._forecaster, self._parts.hazard, self.desk.as_of, self.change)
        return self._known[self.change]

    @property
    def exhibit(self) -> Exhibit:
        """The measure that is looked at, before and after."""
        return projection(self.desk.scene, self.frame, self.change, self.measure)

    @cached_property
    def widget(self) -> Any:
        """The controls and what they show, as one ipywidget."""
        from .what_if_widget import WhatIfWidget

        return WhatIfWidget(self).box

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, Any]:
        return mimebundle(self, str(self.exhibit.html))

    def __repr__(self) -> str:
        return f"<what-if: {self.change}>"
