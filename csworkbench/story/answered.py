"""The answer to a question over cohorts, as a pack and the explorer show it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

import pandas as pd

from ..metrics.intervals import SMALLEST_GROUP
from ..metrics.questions import START, Question
from ..metrics.questions.question import ADOPTION, AMOUNT, EVENT, HEALTH, PAID
from .answered_pictures import triangle_of
from .asked import cohort_name, column_name, measure_name
from .exhibit import Exhibit, absent
from .exhibits.wording import sentences, too_few
from .scene import Scene
from .tables import Column
from .text import shown

MARKED = {"month": 12, "quarter": 4}


@dataclass(frozen=True, repr=False)
class Answered:
    """An answer to be shown: the question, its cells and those of all cohorts together (see `metrics.questions`)."""

    scene: Scene
    question: Question
    cells: pd.DataFrame
    whole: pd.DataFrame

    def __repr__(self) -> str:
        return f"<{self.title}>"

    def _repr_html_(self) -> str:
        return str(self.exhibit(self._own_id).html)

    @property
    def _own_id(self) -> str:
        """An id of its own for each question of a page; a download is named after it."""
        asked = "|".join(map(str, self.question.parameters.values()))
        named = re.sub(r"[^a-z0-9]+", "-", f"{self.question.measure} by {self.question.by}".lower())[:40]
        return f"{named.strip('-')}-{crc32(asked.encode()) % 65536:04x}"

    def exhibit(self, id: str, name: str = "") -> Exhibit:
        """The triangle (or table of curves), its message and its numbers. name: what the pin is called."""
        scene = self.scene
        if not self.is_told:
            return absent(id, self.title, scene.language)
        return Exhibit(
            id,
            self.title,
            scene.language,
            so_what=sentences(scene.say("Question: {name}.", name=shown(name)) if name else "", self.overall),
            caption=self.caption,
            alt=scene.say("Table of cohorts by period since the start. {title}.", title=self.title),
            source=scene.source("subscriptions", "accounts", *self._tables),
            figure_svg=triangle_of(self),
            data=self._data(),
            columns=self._columns(),
        )

    @property
    def is_told(self) -> bool:
        """Whether enough accounts are old enough for a message."""
        return self.marked is not None

    @property
    def measure(self) -> str:
        """What is measured, in words."""
        return measure_name(self.scene, self.question)

    @cached_property
    def marked(self) -> int | None:
        """The period of the message: a year after the start, or the last that five accounts have reached."""
        known = self.whole[self.whole["n_mature"] >= SMALLEST_GROUP]["period"]
        wanted = MARKED[self.question.grain]
        reached = known[(known > 0) & (known <= wanted)]
        return int(reached.max()) if len(reached) else None

    @cached_property
    def title(self) -> str:
        """The weakest and the strongest cohort after that period; or that too few are old enough."""
        scene, period = self.scene, self.marked
        if period is None:
            words = too_few(scene.language, int(self.whole["n"].iloc[0]))
            return scene.say("{measure}: not shown ({words}).", measure=self.measure, words=words)
        values = {"measure": self.measure, "after": self.after(period), "all": self.written(self._at(self.whole))}
        rows = self._ranked
        if len(rows) < 2 or self.written(rows["share"].iloc[0]) == self.written(rows["share"].iloc[-1]):
            return scene.say("{measure} after {after}: {all}", **values)
        low, high = rows.iloc[0], rows.iloc[-1]
        return scene.say(
            "{measure} after {after}: from {low} ({worst}) to {high} ({best})",
            **values,
            worst=self.named(low["cohort"]),
            low=self.written(low["share"]),
            best=self.named(high["cohort"]),
            high=self.written(high["share"]),
        )

    @property
    def weakest(self) -> str | None:
        """The cohort with the lowest value in that period; None where none can be told."""
        return str(self._ranked["cohort"].iloc[0]) if len(self._ranked) else None

    @cached_property
    def _ranked(self) -> pd.DataFrame:
        """The cells of that period that can be told, the lowest first."""
        rows = self.cells[(self.cells["period"] == self.marked) & (self.cells["n_mature"] >= SMALLEST_GROUP)]
        return rows[rows["share"].notna()].sort_values(["share", "cohort"], kind="stable")

    @property
    def overall(self) -> str:
        """All cohorts together, with how many they are; nothing where there is no message."""
        if not self.is_told:
            return ""
        scene, row = self.scene, self.whole[self.whole["period"] == self.marked].iloc[0]
        return scene.language.count(
            "All together: {share} ({n} account is old enough).",
            "All together: {share} ({n} accounts are old enough).",
            int(row["n_mature"]),
            share=self.written(row["share"]),
        )

    @property
    def caption(self) -> str:
        """What a row is, what was left out, and what small cohorts show."""
        scene, question = self.scene, self.question
        return sentences(
            scene.say("Rows: {rows}; columns: {periods} since the start.", rows=self._rows, periods=self.periods),
            scene.say("Only: {condition}.", condition=shown(question.where, 200)) if question.where else "",
            scene.say("Started since {day}.", day=scene.language.date(question.since)) if question.since else "",
            ""
            if question.by == START
            else scene.say("Rows are as known now; n of a period are those old enough for it."),
            scene.say("Cohorts under 5 accounts show no rate."),
            scene.say("Orange: below all together in the same period.") if self._is_relative else "",
            self._defined,
        )

    @property
    def _defined(self) -> str:
        scene, measure = self.scene, self.question.measure
        if not self.question.is_mean:
            return scene.defined("cohort_retention")
        fixed = scene.say("0–100: weighted mean of fixed parts such as use, support, and payment; it learns nothing.")
        what = {ADOPTION: scene.defined("adoption_index"), HEALTH: fixed}
        return sentences(scene.say("Mean over the accounts that still pay and were measured."), what[measure])

    def written(self, value: float) -> str:
        """A share or a mean as the reader sees it."""
        language = self.scene.language
        return language.number(value) if self.question.is_mean else language.percent(value, 0)

    def against(self, value: float, period: int) -> float:
        """What colours a cell, 1 being neutral: what is left of a cohort itself; else it against all in the period."""
        if not self._is_relative:
            return value
        whole = float(self._whole.get(period, float("nan")))
        return value / whole if whole > 0 else 1.0

    @property
    def _is_relative(self) -> bool:
        """Whether no cohort can be expected at 100%: means, and events that come back."""
        return self.question.is_mean or self.question.measure.startswith((EVENT, AMOUNT))

    @cached_property
    def _whole(self) -> Mapping[int, float]:
        return dict(zip(self.whole["period"], self.whole["share"], strict=True))

    def named(self, cohort: str) -> str:
        """What readers call a cohort."""
        return cohort_name(self.scene, self.question, cohort)

    @cached_property
    def width(self) -> int:
        """How many periods are shown: those that any cohort has reached."""
        known = self.cells[self.cells["mature"]]["period"]
        return min(self.question.periods, int(known.max()) + 1 if len(known) else 1)

    @property
    def _rows(self) -> str:
        by, scene = self.question.by, self.scene
        if by == START:
            return scene.say("quarter of start") if self.question.grain == "quarter" else scene.say("month of start")
        return column_name(scene, by)

    @property
    def periods(self) -> str:
        """What a period is, in words."""
        return self.scene.say("quarters") if self.question.grain == "quarter" else self.scene.say("months")

    @property
    def since_start(self) -> str:
        """What is counted along the curves, in words."""
        return self.scene.say("{periods} since the start", periods=self.periods)

    @property
    def _tables(self) -> tuple[str, ...]:
        return () if self.question.activity == PAID else ("usage",)

    def after(self, period: int | None) -> str:
        """So many periods, in words."""
        language = self.scene.language
        if self.question.grain == "quarter":
            return language.count("{n} quarter", "{n} quarters", period or 0)
        return language.count("{n} month", "{n} months", period or 0)

    def _at(self, frame: pd.DataFrame) -> float:
        return float(frame[frame["period"] == self.marked]["share"].iloc[0])

    def _data(self) -> pd.DataFrame:
        both = pd.concat([self.cells, self.whole.assign(cohort="all")])
        both = both[both["mature"] & (both["period"] < self.width)]
        few = both["n_mature"] < SMALLEST_GROUP
        shown_as = [self.scene.say("All") if name == "all" else self.named(name) for name in both["cohort"]]
        rates = {name: both[name].where(~few) for name in ("share", "low", "high")}
        return both.assign(cohort=shown_as, **rates).reset_index(drop=True)

    def _columns(self) -> tuple[Column, ...]:
        say, kind = self.scene.say, "one" if self.question.is_mean else "share"
        return (
            Column("cohort", say("Cohort")),
            Column("period", self.since_start, "count"),
            Column("n_mature", say("n"), "count"),
            Column("share", self.measure, kind),
            Column("low", say("Low"), kind),
            Column("high", say("High"), kind),
        )
