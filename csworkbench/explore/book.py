"""A CSM's own book of business: the exhibits of packs, over this person's accounts only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from ..errors import CsworkbenchError, UnknownName
from ..metrics.calendar import Quarter
from ..metrics.measures import QuarterMeasures
from ..metrics.quarter import measure_quarter
from ..models.parts import Parts
from ..models.quarter import QuarterScores
from ..story.book import holdings
from ..story.exhibit import Exhibit
from ..story.pack import EXHIBITS
from ..story.scene import Scene
from .desk import Desk

OF_ACCOUNTS = ("attention", "at_risk", "expansion", "whitespace", "renewals_due", "say_do")


@dataclass(frozen=True)
class Book:
    """The accounts of one CSM as of the desk's day. csm_id: empty for the one with most MRR."""

    desk: Desk
    csm_id: str = ""

    @cached_property
    def measures(self) -> QuarterMeasures:
        """The measures of the last quarter that is over, of all accounts."""
        begins = self.desk.workspace.settings.company.fiscal_year_start
        quarter = Quarter.of(self.desk.as_of, begins)
        quarter = quarter if quarter.closing <= self.desk.as_of else quarter.previous
        return measure_quarter(self.desk.population.view, quarter)

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
        """The measures and scores of this person's accounts; totals of the company are not in it."""
        accounts = self.measures.frame("accounts")
        mine = set(accounts[accounts["csm_id"] == self.owner]["account_id"])
        frames = {name: _of(frame, mine) for name, frame in self.measures.frames.items() if "account_id" in frame}
        scored = {name: _of(frame, mine) for name, frame in self._scores.frames.items() if "account_id" in frame}
        scores = QuarterScores(self._scores.as_of, scored, self._scores.absent)
        return replace(self.desk.scene, measures=replace(self.measures, frames=frames), scores=scores)

    @property
    def _scores(self) -> QuarterScores:
        kept = self.desk.scene.scores
        return kept if kept is not None else self._made

    @cached_property
    def _made(self) -> QuarterScores:
        """Scores made here and now, where no run kept any."""
        parts = Parts(self.desk.workspace.snapshot(), self.desk.as_of)
        made = [parts.growth, parts.whitespace]
        frames = {name: frame for scores in made for name, frame in scores.frames.items()}
        return QuarterScores(
            self.desk.as_of, frames, {name: why for scores in made for name, why in scores.absent.items()}
        )

    @property
    def accounts(self) -> Exhibit:
        """Every account of the book with money, renewal, adoption and open tickets."""
        return holdings(self.scene)

    def exhibit(self, id: str) -> Exhibit:
        """One of the exhibits of packs that list accounts, for this book."""
        if id not in OF_ACCOUNTS:
            raise UnknownName("exhibit of a book", id, OF_ACCOUNTS)
        return EXHIBITS[id](self.scene)

    def _repr_html_(self) -> str:
        return str(self.accounts.html)


def _of(frame: pd.DataFrame, ids: set[str]) -> pd.DataFrame:
    return frame[frame["account_id"].isin(ids)].reset_index(drop=True)
