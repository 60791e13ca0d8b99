"""What one pack is about: the measures of a quarter, the whole book or one segment, and one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ..data.asof import ALL as ALL
from ..data.asof import UNASSIGNED
from ..errors import UnknownName
from ..metrics.business.frames import FRAMES as BUSINESS_FRAMES
from ..metrics.business.measures import QuarterBusiness
from ..metrics.calendar import Quarter
from ..metrics.definitions import DEFINITIONS
from ..metrics.quarter import QuarterMeasures
from ..metrics.trend import targets_of
from ..models.frames import FRAMES as SCORE_FRAMES
from ..models.quarter import QuarterScores
from .catalogue import SOURCE_LANGUAGE, languages
from .difference.told import Told
from .exhibit import Exhibit, absent
from .language import Language
from .reasons import said_again
from .text import shown

COMPANY = "company"


@dataclass(frozen=True)
class Scene:
    """The measures as one pack sees them. segment: the one the pack is about, or None for the whole book.

    scores, business: those of the quarter, or None when none were made. before: what the last pack said, or None.
    """

    measures: QuarterMeasures
    language: Language
    segment: str | None = None
    scores: QuarterScores | None = None
    business: QuarterBusiness | None = None
    before: Told | None = None

    @property
    def quarter(self) -> Quarter:
        """The quarter of the pack."""
        return self.measures.quarter

    @property
    def unit(self) -> str:
        """How the pack's part of the book is called in frames with totals: the segment, or "all"."""
        return self.segment or ALL

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """All segments with accounts, by MRR, largest first."""
        if not self.has("mrr_trend"):
            return ()
        frame = self.measures.frame("mrr_trend")
        now = frame[(frame["quarter"] == self.quarter.label) & (frame["segment"] != ALL)]
        return tuple(now.sort_values(["mrr_close", "segment"], ascending=[False, True])["segment"])

    def has(self, *frames: str) -> bool:
        """Whether all these frames could be made."""
        return all(any(name in found for found in self._found) for name in frames)

    @property
    def _found(self) -> tuple[Mapping[str, pd.DataFrame], ...]:
        return self.measures.frames, self._scored, {} if self.business is None else self.business.frames

    @property
    def _scored(self) -> Mapping[str, pd.DataFrame]:
        return {} if self.scores is None else self.scores.frames

    def frame(self, name: str) -> pd.DataFrame:
        """The whole frame of measures, scores or business, for comparisons with the rest of the book."""
        found = next((frames for frames in self._found if name in frames), None)
        return self.measures.frame(name) if found is None else found[name]

    def mine(self, name: str, quarter: Quarter | None = None) -> pd.DataFrame:
        """The rows of the pack's part of the book, of one quarter where it is given.

        A frame with totals gives the rows of the segment or of "all"; a frame of accounts those of the segment.
        """
        asked = (name, quarter)
        if asked not in self._known_mine:
            self._known_mine[asked] = self._part(name, quarter)
        return self._known_mine[asked].copy(deep=False)

    @cached_property
    def _known_mine(self) -> dict[tuple[str, Quarter | None], pd.DataFrame]:
        return {}

    def _part(self, name: str, quarter: Quarter | None) -> pd.DataFrame:
        frame = self.frame(name)
        if quarter is not None:
            frame = frame[frame["quarter"] == quarter.label]
        if "account_id" not in frame:
            frame = frame[frame["segment"] == self.unit]
        elif self.segment is not None:
            frame = frame[frame["segment"] == self.segment]
        return frame.reset_index(drop=True)

    def target(self, kpi: str, segment: str | None = None) -> float | None:
        """The plan of a KPI for the quarter and the pack's part of the book (or that segment); None without one."""
        return self._targets(kpi).get(segment or self.segment or COMPANY)

    def _targets(self, kpi: str) -> Mapping[str, float]:
        """Owner → plan of a KPI for the quarter; worked out once per scene."""
        if not self.has("targets"):
            return {}
        if kpi not in self._known_targets:
            found = targets_of(self.frame("targets"), kpi, [self.quarter])
            self._known_targets[kpi] = dict(zip(found["owner"], found["target"].astype(float), strict=True))
        return self._known_targets[kpi]

    @cached_property
    def _known_targets(self) -> dict[str, dict[str, float]]:
        return {}

    def name(self, segment: str | None) -> str:
        """What readers call a segment, in the language of the pack."""
        if segment is None or segment == ALL:
            return self.say("All accounts")
        if segment == UNASSIGNED:
            return self.say("Unassigned")
        return self._named(self.measures.settings.segments.names.get(segment, {}), segment)

    @property
    def subject(self) -> str:
        """The pack's part of the book as the subject of a sentence."""
        return self.say("The book") if self.segment is None else self.name(self.segment)

    def milestone(self, id: str | None) -> str:
        """What readers call a milestone of the journey."""
        names = {step.id: step.name for step in self.measures.settings.journey}
        return self._named(names.get(id or "", {}), id or "")

    def _named(self, names: Mapping[str, str], id: str) -> str:
        """The name in the language of the pack, else in English, else the id."""
        return shown(names.get(self.language.lang) or names.get(SOURCE_LANGUAGE) or id)

    def with_names(self, frame: pd.DataFrame, *more: str) -> pd.DataFrame:
        """The frame of accounts with their names (the id where there is none) and further columns of accounts."""
        columns = ["name", *more]
        if not self.has("accounts"):
            known = pd.DataFrame(dict.fromkeys(columns), index=frame.index)
        else:
            known = self.frame("accounts").set_index("account_id")[columns].reindex(frame["account_id"])
        named = frame.assign(**{column: known[column].to_numpy() for column in columns})
        return named.assign(name=named["name"].where(named["name"].notna(), named["account_id"]))

    def say(self, message: str, **values: object) -> str:
        """The message in the language of the pack."""
        return self.language.say(message, **values)

    def source(self, *tables: str) -> str:
        """Where the numbers come from, of these tables those that were there, and as of when."""
        day, there = self.language.date(self.measures.as_of), [t for t in tables if t in self.measures.tables]
        return self.say("Source: {tables}; as of {day}.", tables=", ".join(there), day=day)

    def defined(self, *ids: str) -> str:
        """The definitions behind an exhibit with their versions."""
        return self.say("Definitions: {ids}.", ids=", ".join(DEFINITIONS[name].label for name in ids))

    def noted(self, *sentences: str) -> str:
        """Sentences of a caption, one after another."""
        return self.language.joined(sentences)

    def missing(self, id: str, frame: str) -> Exhibit:
        """The one line of an exhibit whose frame could not be made."""
        if frame in SCORE_FRAMES:
            return absent(id, self._unscored(frame), self.language)
        if frame in BUSINESS_FRAMES and self.business is None:
            return absent(id, self.say("Not shown: this was not measured for the quarter."), self.language)
        lacking = self.measures.absent if self.business is None else {**self.measures.absent, **self.business.absent}
        what = ", ".join(lacking.get(frame, (frame,)))
        return absent(id, self.say("Not shown: the workspace has no {what}.", what=what), self.language)

    def _unscored(self, frame: str) -> str:
        if self.scores is None:
            return self.say("Not shown: no scores were made for this quarter.")
        why = said_again(self.language, self.scores.absent.get(frame, frame))
        return self.say("Not shown: {why}.", why=why)


def scene_of(
    measures: QuarterMeasures,
    lang: str = "en",
    segment: str | None = None,
    scores: QuarterScores | None = None,
    business: QuarterBusiness | None = None,
    before: Told | None = None,
) -> Scene:
    """The scene of a pack; UnknownName for a language or a segment that is not there."""
    if lang not in languages():
        raise UnknownName("language", lang, languages())
    company = measures.company
    language = Language(lang, company.currency, company.fiscal_year_start)
    scene = Scene(measures, language, segment or None, scores, business, before)
    if segment and segment not in scene.segments:
        raise UnknownName("segment", segment, scene.segments)
    return scene
