"""What an explorer works on: a workspace as of a day, in one language, with scores and packs where there are some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..data.asof import day_of
from ..data.sample import sample_folder
from ..data.workspace import Workspace, open_workspace
from ..errors import CsworkbenchError
from ..metrics.calendar import Quarter
from ..metrics.measures import QuarterMeasures
from ..metrics.questions import Answer, Population, Question, answer, compare, question_of
from ..metrics.questions.question import AMOUNT, EVENT
from ..models.quarter import QuarterScores, load_scores
from ..report.ledger import pack_statuses
from ..story.answered import Answered
from ..story.answered_pictures import curves_of
from ..story.asked import COLUMNS, column_name
from ..story.catalogue import translations
from ..story.exhibit import Exhibit, absent
from ..story.exhibits.reason_words import reasons_of, said
from ..story.pack import Fragment
from ..story.scene import Scene, scene_of
from ..story.study import last_month_end
from .display import show_style
from .panels import accounts_of, alt_of, caption_of, page_of, picture, verdict

if TYPE_CHECKING:
    from .book import Book
    from .cohorts import CohortExplorer
    from .journeys import JourneyExplorer
    from .metric import Metric
    from .what_if import WhatIf

START_QUARTERS, ACCOUNT_PACK = 12, "account-internal"


@dataclass(frozen=True, repr=False)
class Desk:
    """workspace, as_of, lang: what is looked at. output: folder of a run, for its scores and packs."""

    workspace: Workspace
    as_of: date
    lang: str = "en"
    output: Path | None = None

    @property
    def folder(self) -> Path:
        """The workspace's folder, where pins and the state of explorers are kept."""
        return self.workspace.path

    @cached_property
    def population(self) -> Population:
        """Every account that ever paid."""
        more = None if self.scores is None else self.scores.set_index("account_id")[["health"]]
        return Population(self.workspace.as_of(self.as_of), more, self._health_on)

    def _health_on(self, days: Sequence[date]) -> pd.DataFrame:
        from ..models.health_over_time import health_on

        return health_on(self.workspace.snapshot(), days)

    @cached_property
    def scene(self) -> Scene:
        """How things are written: names, money, dates."""
        settings = self.workspace.settings
        quarter = Quarter.of(self.as_of, settings.company.fiscal_year_start)
        tables = self.workspace.snapshot().tables
        return scene_of(QuarterMeasures(quarter, self.as_of, settings, tables, {}, {}), self.lang, scores=self._scores)

    @property
    def quarter(self) -> Quarter:
        """The last quarter that is over on the desk's day."""
        found = Quarter.of(self.as_of, self.workspace.settings.company.fiscal_year_start)
        return found if found.closing <= self.as_of else found.previous

    @property
    def three_years_ago(self) -> str:
        """The first day of the quarter twelve quarters before, ISO."""
        quarter = Quarter.of(self.as_of, self.workspace.settings.company.fiscal_year_start)
        for _ in range(START_QUARTERS - 1):
            quarter = quarter.previous
        return quarter.starts_on.isoformat()

    @cached_property
    def scores(self) -> pd.DataFrame | None:
        """account_id, health, money_at_risk, reasons (in words), from the run's output; None where none were made."""
        if not self.scene.has("scores"):
            return None
        frame = self.scene.frame("scores")[["account_id", "health", "money_at_risk"]]
        found = reasons_of(self.scene, "churn", frame["account_id"]) if self.scene.has("reasons") else {}
        in_words = {
            account: "; ".join(said(self.scene, feature, value) for feature, value in reasons)
            for account, reasons in found.items()
        }
        return frame.assign(reasons=frame["account_id"].map(in_words).astype("str"))

    @cached_property
    def _scores(self) -> QuarterScores | None:
        folder = None if self.output is None else self.output / ".csworkbench" / "measures" / "scores"
        if folder is None or not folder.is_dir():
            return None
        found = load_scores(folder)
        return found if found.as_of == self.as_of else None

    @cached_property
    def packs(self) -> Mapping[str, str]:
        """Account → its internal pack in the run's output, as a path; empty without a run."""
        if self.output is None:
            return {}
        wanted = [each for each in pack_statuses(self.output) if (each.kind, each.lang) == (ACCOUNT_PACK, self.lang)]
        return {each.unit: str(self.output / each.file) for each in wanted if each.file and each.unit}

    def ask(self, **parameters: Any) -> Answered | Exhibit:
        """The answer to one question, without controls; parameters: see `metrics.questions.Question`.

        One line that says why where the workspace lacks the table that the measure needs.
        """
        asked = self.first_question(**parameters)
        return self._lacking(asked) or self._answered(asked, answer(self.population, asked))

    def compare(self, first: str = "", second: str = "", looks: int = 1, **parameters: Any) -> Fragment:
        """Two cohorts of the answer to one question, in the period of its message; empty: the two largest.

        looks: how many comparisons this one belongs to.
        """
        asked = self.first_question(**parameters)
        if lacking := self._lacking(asked):
            return Fragment(lacking.html)
        found = answer(self.population, asked)
        answered = self._answered(asked, found)
        largest = _largest(found, 2, answered.marked or 0)
        chosen = compare(found, first or largest[0], second or largest[-1], answered.marked or 0, looks)
        sides = [chosen.first.cohort, chosen.second.cohort]
        return Fragment(verdict(answered, chosen) + picture(curves_of(answered, sides), alt_of(answered)))

    def accounts(self, cohort: str = "", period: int | None = None, **parameters: Any) -> Fragment:
        """The accounts behind one cell of the answer to one question.

        cohort: empty for the weakest in the message. period: None for that of the message.
        """
        asked = self.first_question(**parameters)
        if lacking := self._lacking(asked):
            return Fragment(lacking.html)
        found = answer(self.population, asked)
        answered = self._answered(asked, found)
        at = period if period is not None else answered.marked or 0
        who = cohort or answered.weakest or _largest(found, 1, at)[0]
        caption = caption_of(answered, who, at)
        return Fragment(accounts_of(self.scene, self.with_scores(found.accounts(who, at)), caption, self.packs))

    def first_question(self, **parameters: Any) -> Question:
        """The question with these parameters; where nothing is measured, what this workspace can answer first.

        With subscriptions logo retention, without them who comes back with the first feature, by month.
        """
        if self.population.view.has("subscriptions") or not self.population.features:
            return question_of(parameters)
        return question_of({"measure": EVENT + self.population.features[0], "grain": "month", **parameters})

    def _lacking(self, asked: Question) -> Exhibit | None:
        say, view = self.scene.say, self.population.view
        of_events = asked.measure.startswith((EVENT, AMOUNT))
        missing = [table for table in (asked.table, *(() if of_events else ("subscriptions",))) if not view.has(table)]
        if missing:
            return absent(
                "answer", say("Not shown: the workspace has no {what}.", what=missing[0]), self.scene.language
            )
        if asked.by in COLUMNS and asked.by not in self.population.columns:
            what = say("Not shown: this workspace does not say: {what}.", what=column_name(self.scene, asked.by))
            return absent("answer", what, self.scene.language)
        return None

    def _answered(self, asked: Question, found: Answer) -> Answered:
        return Answered(self.scene, asked, found.cells, found.whole)

    def with_scores(self, accounts: pd.DataFrame) -> pd.DataFrame:
        """The accounts with health, money at risk and reasons, where scores were made."""
        return accounts if self.scores is None else accounts.merge(self.scores, on="account_id", how="left")

    def _repr_html_(self) -> str:
        return str(page_of(self))

    def __repr__(self) -> str:
        return f"<desk of {self.workspace.settings.company.name} as of {self.as_of}>"

    def cohorts(self, name: str = "cohorts") -> CohortExplorer:
        """The cohort explorer; what it is set to is kept under that name."""
        from .cohorts import CohortExplorer

        return CohortExplorer(self, name)

    def journey(self, name: str = "journey") -> JourneyExplorer:
        """The journey explorer; what it is set to is kept under that name."""
        from .journeys import JourneyExplorer

        return JourneyExplorer(self, name)

    def what_if(self) -> WhatIf:
        """Move a driver and see the next four quarters."""
        from .what_if import WhatIf

        return WhatIf(self)

    def metric(self, id: str) -> Metric:
        """A metric (mrr, grr, nrr, logo_churn) with its definition, n and interval."""
        from .metric import metric

        return metric(self, id)

    def book(self, csm_id: str = "") -> Book:
        """A CSM's own accounts; empty for the one with most MRR."""
        from .book import Book

        return Book(self, csm_id)


def _largest(found: Answer, n: int, period: int) -> list[str]:
    """The n cohorts with most accounts old enough for the period; CsworkbenchError where there is none at all."""
    cells = found.cells[found.cells["period"] == period]
    if cells.empty:
        raise CsworkbenchError("no account is left by this question: loosen its condition or its day of start")
    ordered = cells.sort_values(["n_mature", "n"], ascending=False, kind="stable")
    return [str(name) for name in ordered["cohort"].head(n)]


def open_desk(workspace: str | Path = "", as_of: str | date = "", lang: str = "en", output: str | Path = "") -> Desk:
    """A workspace as of a day, to be explored.

    workspace: its folder; empty for the sample company. as_of: ISO day; empty for the last month-end before the day of
    the exports (company.exported_on). lang: en or ja. output: folder of a run, for scores and links to packs.
    """
    translations(lang)
    if output and not Path(output).is_dir():
        raise CsworkbenchError(
            f"{output} is no folder. output is that of a run, such as reports/2026Q3; or leave it out."
        )
    opened = open_workspace(workspace or sample_folder())
    day = day_of(as_of) if as_of else last_month_end(opened)
    show_style()
    return Desk(opened, day, lang, Path(output) if output else None)
