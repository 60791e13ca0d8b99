"""A CSM's own book of business: the exhibits of packs, over this person's accounts only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from ..errors import CsworkbenchError, UnknownName
from ..metrics.accounts import csm_names
from ..metrics.measures import QuarterMeasures
from ..metrics.quarter import measure_quarter
from ..models.parts import Parts
from ..models.quarter import QuarterScores
from ..story.book import holdings
from ..story.exhibit import Exhibit, absent
from ..story.pack import EXHIBITS
from ..story.scene import Scene
from .desk import Desk

PLAIN, SCORED = ("attention", "renewals_due", "say_do"), ("at_risk", "expansion", "whitespace")


@dataclass(frozen=True, repr=False)
class Book:
    """The accounts of one CSM as of the desk's day. csm_id: empty for the one with most MRR."""

    desk: Desk
    csm_id: str = ""

    @cached_property
    def measures(self) -> QuarterMeasures:
        """The measures of the last quarter that is over, of all accounts."""
        return measure_quarter(self.desk.population.view, self.desk.quarter)

    @cached_property
    def lacking(self) -> Exhibit | None:
        """One line that says why there is no book; None where there is one."""
        view, scene = self.desk.population.view, self.desk.scene
        missing = [name for name in ("subscriptions", "assignments") if not view.has(name)]
        what = scene.say("Not shown: the workspace has no {what}.", what=missing[0]) if missing else ""
        return absent("book", what, scene.language) if missing else None

    @cached_property
    def owner(self) -> str:
        """The CSM's id. UnknownName for one without accounts; CsworkbenchError where nobody has any."""
        accounts = self.measures.frame("accounts")
        money = accounts.groupby("csm_id")["mrr"].sum().sort_values(ascending=False, kind="stable")
        if money.empty:
            raise CsworkbenchError("no account has a CSM: the workspace needs the table assignments")
        if self.csm_id and self.csm_id not in money:
            raise UnknownName("CSM with accounts", self.csm_id, tuple(map(str, money.index)))
        return self.csm_id or str(money.index[0])

    @cached_property
    def scene(self) -> Scene:
        """The measures of this person's accounts; totals of the company are not in it."""
        frames = {name: self._of(frame) for name, frame in self.measures.frames.items() if "account_id" in frame}
        return replace(self.desk.scene, measures=replace(self.measures, frames=frames), scores=None)

    @cached_property
    def scored(self) -> Scene:
        """The same with scores; they are made here and now where no run kept any."""
        frames = {name: self._of(frame) for name, frame in self._scores.frames.items() if "account_id" in frame}
        return replace(self.scene, scores=QuarterScores(self._scores.as_of, frames, self._scores.absent))

    def _of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of this person's accounts."""
        return frame[frame["account_id"].isin(self._mine)].reset_index(drop=True)

    @cached_property
    def _mine(self) -> frozenset[str]:
        accounts = self.measures.frame("accounts")
        return frozenset(accounts[accounts["csm_id"] == self.owner]["account_id"])

    @cached_property
    def _scores(self) -> QuarterScores:
        kept = self.desk.scene.scores
        if kept is not None:
            return kept
        parts = Parts(self.desk.workspace.snapshot(), self.desk.as_of)
        made = [parts.growth, parts.whitespace]
        frames = {name: frame for scores in made for name, frame in scores.frames.items()}
        return QuarterScores(
            self.desk.as_of, frames, {name: why for scores in made for name, why in scores.absent.items()}
        )

    @property
    def accounts(self) -> Exhibit:
        """Every account of the book with money, renewal, adoption and open tickets."""
        return self.lacking or holdings(self.scene, csm_names(self.desk.population.view).get(self.owner, self.owner))

    def exhibit(self, id: str) -> Exhibit:
        """One of the exhibits of packs that list accounts, for this book."""
        if id not in (*PLAIN, *SCORED):
            raise UnknownName("exhibit of a book", id, (*PLAIN, *SCORED))
        return self.lacking or EXHIBITS[id](self.scored if id in SCORED else self.scene)

    def __repr__(self) -> str:
        return f"<book of {self.csm_id or 'the CSM with most MRR'} as of {self.desk.as_of}>"

    def _repr_html_(self) -> str:
        return str(self.accounts.html)
