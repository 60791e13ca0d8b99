"""The scores of a day in parts, each made when it is first asked for: what a reader of one question has to wait for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from ..data.snapshot import Snapshot
from .forecasts import whitespace as space
from .forecasts.expansion import Expansion, expansion
from .frames import FRAMES, shaped
from .leaving.hazard import Hazard, fit_hazard, reason_against
from .leaving.reasons import grouped, reasons_now
from .leaving.scores import churn_scores, survival_curves
from .panel import Panel, build_panel
from .panel.labels import label
from .quarter import QuarterScores
from .threads import one_thread
from .trial.evaluation import FRAMES as JUDGED
from .trial.evaluation import evaluate
from .trial.weighted import part_of, weighted_health

GROWTH = ("p_expansion", "expected_expansion_mrr")
SIGNS = ("signals", "signals_now")


@dataclass(frozen=True)
class Parts:
    """The scores of the snapshot as of a day, part by part, by the same models as `score_quarter` and `evaluate`."""

    snapshot: Snapshot
    as_of: date
    seed: int = 0

    @cached_property
    def panel(self) -> Panel:
        """What was known at every month-end."""
        return build_panel(self.snapshot, self.as_of)

    @cached_property
    def hazard(self) -> Hazard | None:
        """The model of leaving; None where too few left."""
        with one_thread():
            return None if reason_against(self.panel) else fit_hazard(self.panel, self.seed)

    @cached_property
    def grows(self) -> Expansion:
        """The chance of growth within three months."""
        with one_thread():
            return expansion(self.panel, self.seed)

    @cached_property
    def churn(self) -> QuarterScores:
        """The scores (without growth), reasons of churn, survival."""
        if self.hazard is None:
            return self._without(("scores", "reasons", "survival"), reason_against(self.panel))
        scores = churn_scores(self.snapshot.as_of(self.as_of), self.panel, self.hazard)
        frames = {
            "scores": scores.assign(**dict.fromkeys(GROWTH, float("nan"))),
            "reasons": reasons_now(self.hazard, self.panel),
            "survival": survival_curves(self.panel, self.hazard),
        }
        frames["reasons"] = frames["reasons"].astype({"value": "str"})
        return QuarterScores(self.as_of, {name: shaped(name, frame) for name, frame in frames.items()}, {})

    @cached_property
    def growth(self) -> QuarterScores:
        """The scores with growth, reasons of churn and of growth."""
        if self.hazard is None:
            return self.churn
        grown = self.churn.frame("scores").drop(columns=list(GROWTH))
        grown = grown.merge(self.grows.scores[["account_id", *GROWTH]], on="account_id", how="left")
        reasons = pd.concat([self.churn.frame("reasons"), self.grows.reasons.astype({"value": "str"})])
        frames = {"scores": shaped("scores", grown), "reasons": shaped("reasons", reasons)}
        return QuarterScores(self.as_of, frames, {"expansion": self.grows.absent} if self.grows.absent else {})

    @cached_property
    def whitespace(self) -> QuarterScores:
        """What accounts do not hold yet."""
        view = self.snapshot.as_of(self.as_of)
        if reason := space.reason_against(view):
            return self._without(("whitespace",), reason)
        return QuarterScores(self.as_of, {"whitespace": space.whitespace(view)}, {})

    @cached_property
    def signs(self) -> QuarterScores:
        """The register of early signs."""
        found = evaluate(self.snapshot, self.as_of, self.seed, self.panel, SIGNS)
        return QuarterScores(self.as_of, found.frames, found.absent)

    @cached_property
    def trial(self) -> QuarterScores:
        """Every score with how often it was right."""
        found = evaluate(self.snapshot, self.as_of, self.seed, self.panel, JUDGED)
        return QuarterScores(self.as_of, found.frames, found.absent)

    def pushes(self, account: str) -> tuple[float, pd.Series]:
        """What moves an account's chance to leave in the coming month: the log-odds of the mean account, and by reason.

        Both together are the log-odds of `p_churn_1`. KeyError for an account that is not in `panel.now`; ValueError
        where nothing could be learned.
        """
        base, by_reason = self._pushes
        return base, by_reason[account]

    @cached_property
    def _pushes(self) -> tuple[float, pd.DataFrame]:
        """The log-odds of the mean account, and reason × account."""
        if self.hazard is None:
            raise ValueError(reason_against(self.panel))
        added = self.hazard.contributions(self.panel.now, n_months=1)
        base = self.hazard.near.shift + float(added.sum(axis=1).mean())
        return base, grouped(added - added.mean()).set_axis(self.panel.now["account_id"]).T

    @cached_property
    def health_parts(self) -> pd.DataFrame:
        """The parts of the weighted score, 0 to 100, one row per account that pays; NaN where not measured."""
        rows = self.panel.now
        weights = [part for part, weight in self.snapshot.settings.health.weights.items() if weight > 0]
        return pd.DataFrame({part: part_of(rows, part) for part in weights}).set_axis(rows["account_id"])

    @cached_property
    def weighted(self) -> pd.DataFrame:
        """The weighted score of each account that pays: score, coverage, band."""
        found = weighted_health(self.panel.now, self.snapshot.settings.health)
        return found.set_axis(self.panel.now["account_id"])

    def examples(self, every_months: int = 3) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
        """Rows of every third month-end whose three months are over: features, whether it left (1 or 0), account_id."""
        panel = self.panel
        left = label(panel)
        kept = left.notna() & (panel.month % every_months == 0)
        rows = panel.rows[kept]
        return rows[list(panel.features)], left[kept].astype("int64"), rows["account_id"]

    def _without(self, names: tuple[str, ...], reason: str) -> QuarterScores:
        assert set(names) <= set(FRAMES)
        return QuarterScores(self.as_of, {}, dict.fromkeys(names, reason))
