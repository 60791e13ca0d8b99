"""The cohort explorer: choose, see, click a cell, compare, pin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from ..errors import CsworkbenchError
from ..metrics.questions import Answer, Comparison, Question, answer, compare, question_of
from ..metrics.questions.pins import Pin, id_of, load_pins, remove_pin, save_pin
from ..story.answered import Answered
from .desk import Desk
from .display import mimebundle
from .state import State

DEFAULT = {"grain": "quarter", "periods": 8}


class CohortExplorer:
    """The explorer of one workspace as of one day. Everything it is set to is kept in the workspace under its name.

    desk: what it works on. name: of its state. packs: folder of a run, for links to the packs of accounts.
    """

    def __init__(self, desk: Desk, name: str = "cohorts") -> None:
        self.desk, self._state = desk, State(desk.folder, name)
        self._kept = self._state.load()
        self.looks = _whole(self._kept.get("looks"))
        self.chosen: tuple[str, int] | None = None
        self._question = _started(desk, self._kept.get("question"))
        self._answer = answer(desk.population, self._question)

    @property
    def question(self) -> Question:
        """What is asked now."""
        return self._question

    @property
    def answer(self) -> Answer:
        """The answer, with plain pandas in `cells`, `whole` and `accounts(cohort, period)`."""
        return self._answer

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The views that are pinned in this workspace."""
        return load_pins(self.desk.folder)

    def ask(self, **parameters: Any) -> Answer:
        """Change parameters of the question (see `Question`) and answer it; nothing changes when it cannot be asked."""
        asked = question_of({**self._question.parameters, **parameters})
        self._answer = answer(self.desk.population, asked)
        self._question, self.chosen = asked, None
        self._keep()
        return self._answer

    def has_counted(self, **parameters: Any) -> bool:
        """Whether what the question looks at was rolled up before, so that the answer comes at once."""
        return self.desk.population.has_done({**self._question.parameters, **parameters})

    def accounts(self, cohort: str, period: int) -> pd.DataFrame:
        """The accounts of one cell, with health, money at risk and reasons where scores were made."""
        found = self._answer.accounts(cohort, period)
        self.chosen = (cohort, period)
        return self.desk.with_scores(found)

    def compare(self, first: str, second: str, period: int | None = None) -> Comparison:
        """Two cohorts in a period (default: that of the message); each comparison counts as one more look."""
        at = self.answered.marked if period is None else period
        found = compare(self._answer, first, second, at or 0, self.looks + 1)
        self.looks += 1
        self._keep()
        return found

    def pin(self, name: str, packs: Sequence[str] = ("executive",)) -> Pin:
        """Keep the question under a name; the next run shows its answer in these kinds of pack."""
        taken = {pin.name: pin.id for pin in self.pins}
        pin = Pin(taken.get(name) or id_of(name, tuple(taken.values())), name, self._question, tuple(packs))
        save_pin(self.desk.folder, pin)
        return pin

    def unpin(self, id: str) -> None:
        """Take a pin away."""
        remove_pin(self.desk.folder, id)

    @property
    def answered(self) -> Answered:
        """The answer in words and pictures."""
        return Answered(self.desk.scene, self._question, self._answer.cells, self._answer.whole)

    def _keep(self) -> None:
        self._state.save({"question": self._question.parameters, "looks": self.looks})

    @cached_property
    def widget(self) -> Any:
        """The controls and what they show, as one ipywidget."""
        from .cohort_widget import CohortWidget

        return CohortWidget(self).box

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, Any]:
        return mimebundle(self, str(self.answered.exhibit("cohorts").html))

    def __repr__(self) -> str:
        return f"<cohort explorer: {self._question}>"


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _started(desk: Desk, kept: object) -> Question:
    """The question that was kept, or the first one: logo retention by quarter of start, of the last twelve quarters.

    Without subscriptions: who comes back with the first feature, by month.
    """
    if isinstance(kept, dict):
        try:
            return question_of(kept)
        except CsworkbenchError:
            pass
    if not desk.population.view.has("subscriptions"):
        return desk.first_question(periods=18)
    return question_of({**DEFAULT, "since": desk.three_years_ago})
