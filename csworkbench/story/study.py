"""A company's scores as a reader studies them: one question, one call, one picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from ..data.asof import day_of
from ..errors import CsworkbenchError, UnknownName
from ..metrics.calendar import Quarter
from ..metrics.measures import QuarterMeasures
from ..models.parts import Parts
from ..models.quarter import QuarterScores
from .catalogue import translations
from .exhibit import Exhibit
from .lessons.green import green
from .lessons.growth import signs, worth
from .lessons.kept import kept
from .lessons.leaks import leaks
from .lessons.quarters import against_rule, three_scores
from .lessons.seen import seen
from .lessons.weights import coverage, weights
from .lessons.when import when
from .lessons.why import why_grow, why_leave
from .notebook_style import notebook_style
from .pack import EXHIBITS
from .scene import Scene, scene_of
from .tables import Column, table
from .text import shown

if TYPE_CHECKING:
    from ..data.workspace import Workspace

_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "at_risk": ("churn",),
        "expansion": ("growth", "whitespace"),
        "whitespace": ("growth", "whitespace"),
        "scorecard": ("trial",),
        "calibration": ("trial",),
        "post_mortem": ("trial",),
        "factors": ("trial",),
        "signals": ("signs",),
    }
)


@dataclass(frozen=True, repr=False)
class Study:
    """The scores of a workspace as of a day. Each method answers one question with one exhibit.

    What a question needs is made when it is asked and kept as long as this object lives.
    """

    workspace: Workspace
    as_of: date
    lang: str = "en"

    @cached_property
    def parts(self) -> Parts:
        """The frames and models underneath."""
        return Parts(self.workspace.snapshot(), self.as_of)

    @property
    def panel(self) -> pd.DataFrame:
        """What the models see, as plain pandas: one row per account × month-end."""
        return self.parts.panel.rows

    def exhibit(self, id: str) -> Exhibit:
        """An exhibit as packs show it: at_risk, expansion, whitespace, scorecard, calibration, post_mortem, signals."""
        if id not in _PARTS:
            raise UnknownName("exhibit", id, tuple(_PARTS))
        return EXHIBITS[id](self._scene(*_PARTS[id]))

    def seen(self, account: str = "") -> Exhibit:
        """What the model sees of an account, month by month. Without an id: the one with most money at risk."""
        account = self._account(account)
        return seen(self._scene("churn"), self.parts.panel, account, self._name(account))

    def why_leave(self, account: str = "") -> Exhibit:
        """Why this account may leave, reason by reason."""
        scene = self._scene("churn")
        if not scene.has("scores"):
            return scene.missing("why_leave", "scores")
        account = self._account(account)
        return why_leave(scene, self._name(account), *self.parts.pushes(account))

    def when(self, account: str = "") -> Exhibit:
        """How long this account may stay, beside its segment."""
        scene = self._scene("churn")
        if not scene.has("survival"):
            return scene.missing("when", "survival")
        account = self._account(account)
        return when(scene, account, self._name(account))

    def why_grow(self, account: str = "") -> Exhibit:
        """Why this account may grow. Without an id: the one with most expected expansion."""
        scene = self._scene("growth")
        if not scene.has("scores") or self.parts.grows.absent:
            return scene.missing("why_grow", "expansion" if scene.has("scores") else "scores")
        account = self._account(account, "expected_expansion_mrr")
        reasons = self.parts.grows.reasons
        mine = reasons[reasons["account_id"] == account].set_index("code")["contribution"]
        return why_grow(scene, self._name(account), mine)

    def worth(self) -> Exhibit:
        """What each chance of growth is worth."""
        return worth(self._scene("growth"))

    def signs(self, kind: str = "upsell") -> Exhibit:
        """Which signs come before growth ("upsell") or before leaving ("churn")."""
        return signs(self._scene("signs"), kind)

    def against_rule(self) -> Exhibit:
        """Whether the model ranked better than a simple rule, quarter by quarter."""
        return against_rule(self._scene("trial"))

    def three_scores(self) -> Exhibit:
        """Model, weighted score and vendor's score, quarter by quarter."""
        return three_scores(self._scene("trial"))

    def green(self) -> Exhibit:
        """How many of those who left each score had called green."""
        return green(self._scene("trial"))

    def weights(self, account: str = "") -> Exhibit:
        """The parts and weights of the weighted score of an account. Without an id: the one with the lowest score."""
        weighted = self.parts.weighted
        account = account or str(weighted["score"].sort_values(kind="stable").index[0])
        _known(account, weighted.index)
        score = float(weighted["score"][account])
        return weights(self._scene(), self._name(account), self.parts.health_parts.T[account], score)

    def coverage(self) -> Exhibit:
        """How much of the weighted score was measured."""
        return coverage(self._scene(), self.parts.health_parts, self.parts.weighted["coverage"])

    def leaks(self, frame: pd.DataFrame, outcome: pd.Series) -> Exhibit:
        """Which columns of a training frame know the outcome."""
        return leaks(self._scene(), frame, outcome)

    def kept(self, path: str | Path) -> Exhibit:
        """What a model file says of itself."""
        return kept(self._scene(), path)

    def _scene(self, *parts: str) -> Scene:
        """The scene with the frames of these parts; of measures only the tables and settings."""
        made: list[QuarterScores] = [getattr(self.parts, part) for part in parts]
        frames = {name: frame for scores in made for name, frame in scores.frames.items()}
        absent = {name: why for scores in made for name, why in scores.absent.items()}
        settings, snapshot = self.workspace.settings, self.parts.snapshot
        quarter = Quarter.of(self.as_of, settings.company.fiscal_year_start)
        measures = QuarterMeasures(quarter, self.as_of, settings, snapshot.tables, {}, {})
        return scene_of(measures, self.lang, scores=QuarterScores(self.as_of, frames, absent))

    def _account(self, account: str, by: str = "money_at_risk") -> str:
        """The account asked for, or the first of those that have not said that they leave."""
        now = self.parts.panel.now["account_id"]
        if account:
            return _known(account, pd.Index(now))
        part = self.parts.growth if by != "money_at_risk" else self.parts.churn
        if "scores" not in part.frames:
            return str(now.iloc[0])
        scores = part.frame("scores")
        open_ = scores[scores["account_id"].isin(now)].sort_values([by, "account_id"], ascending=[False, True])
        return str(open_["account_id"].iloc[0])

    def _name(self, account: str) -> str:
        view = self.parts.snapshot.as_of(self.as_of)
        found = view.sql("SELECT max(name) AS name FROM accounts WHERE account_id = $account", account=account)
        return account if pd.isna(found["name"].iloc[0]) else str(found["name"].iloc[0])

    def _repr_html_(self) -> str:
        panel, company = self.parts.panel, self.workspace.settings.company
        scene = self._scene()
        say, day = scene.say, scene.language.date(self.as_of, "long")
        left = panel.events[panel.events["kind"] == "churn"]["account_id"].nunique()
        counts = {
            say("accounts that pay"): panel.now["account_id"].nunique(),
            say("accounts that ever decided to leave"): left,
            say("month-ends of accounts that the models see"): len(panel.rows),
            say("features of each"): len(panel.features),
        }
        caption = say("{company} as of {day}", company=shown(company.name), day=day)
        columns = [Column("what", say("What the models learn from")), Column("n", say("How many"), "count")]
        listed = table(pd.DataFrame({"what": [*counts], "n": [*counts.values()]}), columns, scene.language, caption)
        return str(Markup("{}<p><b>{}</b></p>{}").format(Markup(notebook_style()), caption, listed))

    def __repr__(self) -> str:
        return f"<study of {self.workspace.settings.company.name} as of {self.as_of}>"


def _known(account: str, ids: pd.Index) -> str:
    if account not in ids:
        raise UnknownName("account that pays", account, tuple(map(str, ids)))
    return account


def open_study(workspace: str | Path = "", as_of: str | date = "", lang: str = "en") -> Study:
    """The scores of a workspace as of a day, to be studied.

    workspace: its folder; empty for the sample company. as_of: ISO day; empty for the last month-end before the day of
    the exports (company.exported_on). lang: en or ja.
    """
    from ..data.sample import sample_folder
    from ..data.workspace import open_workspace

    translations(lang)
    opened = open_workspace(workspace or sample_folder())
    if "subscriptions" not in opened.tables:
        raise CsworkbenchError("a study is of scores, and they need the table subscriptions: this workspace has none")
    return Study(opened, day_of(as_of) if as_of else last_month_end(opened), lang)


def last_month_end(workspace: Workspace) -> date:
    """The last month-end before the day of the exports; CsworkbenchError where the workspace does not say that day."""
    taken = workspace.settings.company.exported_on
    if not taken:
        raise CsworkbenchError("no day is given. Say as_of, such as 2026-09-30, or exported_on in workspace.toml")
    return (pd.Timestamp(taken) - pd.offsets.MonthEnd(1)).date()
