"""The journey explorer: steps by any split, stuck accounts, and what followed when a step was late."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from ..data.expression import ExpressionError
from ..data.expression.matching import matching
from ..errors import CsworkbenchError, UnknownName
from ..metrics.accounts import csm_names
from ..metrics.journey import journey
from ..story.exhibit import Exhibit, absent
from ..story.journeys import after_lateness, conversion, stuck_accounts
from ..story.value_starts import value_by_start
from .desk import Desk
from .display import mimebundle
from .state import State

CSM = "csm_id"


class JourneyExplorer:
    """The explorer of one desk's journey. by: a column that splits it, `csm_id`, or empty; where: a condition."""

    def __init__(self, desk: Desk, name: str = "journey") -> None:
        self.desk, self._state = desk, State(desk.folder, name)
        self.by, self.where = "", ""
        self._known: dict[str, tuple[Exhibit, Exhibit]] = {}
        kept = self._state.load()
        try:
            self.ask(str(kept.get("by", "")), str(kept.get("where", "")))
        except CsworkbenchError:
            self.ask()

    def ask(self, by: str = "", where: str = "") -> None:
        """Split and filter anew; nothing changes when a name or the condition cannot be used."""
        if by and by not in self.splits:
            raise UnknownName("column to split by", by, self.splits)
        if where:
            try:
                matching(self.desk.population.columns, where)
            except ExpressionError as error:
                raise ExpressionError(f"the condition {where} {error.said}", error.remedy) from None
        self.by, self.where = by, where
        self._state.save({"by": by, "where": where})

    @cached_property
    def lacking(self) -> Exhibit | None:
        """One line that says why there is no journey; None where there is one."""
        desk, scene = self.desk, self.desk.scene
        missing = [name for name in ("subscriptions", "milestones") if not desk.population.view.has(name)]
        missing += [] if desk.workspace.settings.journey else ["[[journey]]"]
        what = scene.say("Not shown: the workspace has no {what}.", what=missing[0]) if missing else ""
        return absent("journey", what, scene.language) if missing else None

    @property
    def splits(self) -> tuple[str, ...]:
        """What the journey can be split by: columns of text, and the CSM in charge now."""
        columns = self.desk.population.columns
        text = [str(name) for name in columns if not pd.api.types.is_numeric_dtype(columns[name])]
        return (CSM, *(name for name in text if name != "segment"), "segment")

    @cached_property
    def _whole(self) -> pd.DataFrame:
        found = journey(self.desk.population.view)
        columns = self.desk.population.columns.drop(columns=["segment"], errors="ignore")
        found = found.merge(columns, left_on="account_id", right_index=True, how="inner")
        return found.astype(dict.fromkeys(("milestone", *self.splits), "category"))

    @property
    def rows(self) -> pd.DataFrame:
        """The journey's rows that are asked about, one per account × step."""
        if not self.where:
            return self._whole
        columns = self.desk.population.columns
        kept = columns.index[matching(columns, self.where)]
        return self._whole[self._whole["account_id"].isin(kept)]

    @property
    def conversion(self) -> Exhibit:
        """Conversion and time of each step."""
        if self.lacking:
            return self.lacking
        return self.by_csm if self.by == CSM else conversion(self.desk.scene, self.rows, self.by)

    @property
    def by_csm(self) -> Exhibit:
        """Conversion of each step by the CSM in charge now."""
        if self.lacking:
            return self.lacking
        return conversion(self.desk.scene, self.rows, CSM, csm_names(self.desk.population.view))

    @property
    def stuck(self) -> Exhibit:
        """Accounts that wait too long; plain pandas: the rows of `rows` that are stuck."""
        return self._unsplit[0]

    @property
    def late(self) -> Exhibit:
        """What followed when a step was late."""
        return self._unsplit[1]

    @property
    def value(self) -> Exhibit:
        """Days to first value, by quarter of start."""
        return self.lacking or value_by_start(self.desk.scene, self.rows, self.desk.population.spans["paid_until"])

    @property
    def _unsplit(self) -> tuple[Exhibit, Exhibit]:
        """What the split does not change, made anew when the condition does."""
        if self.lacking:
            return self.lacking, self.lacking
        if self.where not in self._known:
            scene, rows, population = self.desk.scene, self.rows, self.desk.population
            waiting = stuck_accounts(scene, rows, population.mrr_now, population.names)
            self._known = {self.where: (waiting, after_lateness(scene, rows, population.spans["paid_until"]))}
        return self._known[self.where]

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """Everything that follows from the question."""
        return (self.lacking,) if self.lacking else (self.conversion, self.stuck, self.late)

    @cached_property
    def widget(self) -> Any:
        """The controls and what they show, as one ipywidget."""
        from .journey_widget import JourneyWidget

        return JourneyWidget(self).box

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, Any]:
        static = "".join(str(each.html) for each in self.exhibits)
        return {"text/html": static, "text/plain": repr(self)} if self.lacking else mimebundle(self, static)

    def __repr__(self) -> str:
        return f"<journey explorer: by {self.by or 'nothing'}, where {self.where or 'anything'}>"
