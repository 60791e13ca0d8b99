"""Every score on trial, and what went before churn and growth: the frames of an evaluation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from ...data.snapshot import Snapshot, View
from ..frames import shaped
from ..panel import Panel, build_panel
from ..threads import one_thread
from .backtest import Scorer, backtest
from .exposures import exposures
from .factors import factors
from .model_scorer import MODEL, ModelTrial
from .naive import naive_scorers
from .post_mortem import leavers, post_mortem
from .rules import KINDS
from .scorecard import calibration, drift, judged, looked_like, scorecard
from .signals import firing, signal_register, signals_now
from .vendor import vendor_scorers
from .weighted import weighted_scorer

FRAMES = ("scorecard", "calibration", "drift", "signals", "signals_now", "factors", "post_mortem")


@dataclass(frozen=True)
class Evaluation:
    """Frames by name, and for each that could not be made the reason, a plain clause."""

    frames: Mapping[str, pd.DataFrame]
    absent: Mapping[str, str]


@one_thread()
def evaluate(
    snapshot: Snapshot, as_of: date, seed: int = 0, panel: Panel | None = None, names: Collection[str] = FRAMES
) -> Evaluation:
    """Backtest of all scores, signals, factors and post-mortem by what was known on `as_of`.

    panel: that of `build_panel(snapshot, as_of)`, where it is there already. seed: of the churn model. names: which
    frames to make, as `models.frames` describes them: scorecard, calibration, drift, signals, signals_now, factors,
    post_mortem.
    """
    if "subscriptions" not in snapshot.relations:
        return Evaluation({}, dict.fromkeys(names, "there is no table subscriptions"))
    made = _Making(snapshot, panel or build_panel(snapshot, as_of), seed)
    absent = {name: reason for name in names if (reason := made.missing(name))}
    frames = {name: shaped(name, getattr(made, name)) for name in names if name not in absent}
    return Evaluation(frames, absent)


def rivals(snapshot: Snapshot, panel: Panel) -> list[Scorer]:
    """What the churn model is put on trial with: the weighted score, vendors' scores, naive rules."""
    weighted = weighted_scorer(snapshot.settings.health)
    return [weighted, *vendor_scorers(snapshot, panel), *naive_scorers(panel)]


class _Making:
    """The frames while they are made; each property has the name of its frame."""

    def __init__(self, snapshot: Snapshot, panel: Panel, seed: int) -> None:
        self.snapshot, self.panel = snapshot, panel
        self.view: View = snapshot.as_of(panel.until)
        self.model = ModelTrial(snapshot.settings.health.bands, seed)
        self.scorers: Sequence[Scorer] = [self.model.scorer, *rivals(snapshot, panel)]
        self.probabilities = {scorer.name for scorer in self.scorers if scorer.probability}

    def missing(self, name: str) -> str:
        """Why the frame cannot be made; empty when it can."""
        if self.panel.rows.empty:
            return "no account pays on any month-end"
        if name in ("scorecard", "calibration", "drift") and judged(self.tested).empty:
            return "no quarter of the past can be tested: three months have to be over after it"
        if name == "post_mortem" and leavers(self.panel).empty:
            return "no account decided to leave in the quarter"
        if name in ("signals", "signals_now") and self.held.columns.empty:
            return "no table is there from which a signal could come"
        return ""

    @cached_property
    def tested(self) -> pd.DataFrame:
        return backtest(self.snapshot, self.panel, self.scorers)

    @cached_property
    def exposed(self) -> pd.DataFrame:
        return exposures(self.snapshot, self.panel)

    @cached_property
    def grown(self) -> Panel:
        """The panel without growth by price alone, with the exposures beside its features."""
        events = self.panel.events
        bought = events[~((events["kind"] == "expansion") & events["by_price"])]
        further = self.exposed.columns.difference(self.panel.rows.columns)
        return replace(self.panel, rows=self.panel.rows.join(self.exposed[further]), events=bought)

    @cached_property
    def held(self) -> pd.DataFrame:
        return firing(self.grown)

    @property
    def scorecard(self) -> pd.DataFrame:
        left = self.panel.events[self.panel.events["kind"] == "churn"]
        return scorecard(self.tested, left, self.probabilities)

    @property
    def calibration(self) -> pd.DataFrame:
        return calibration(self.tested, self.probabilities)

    @property
    def drift(self) -> pd.DataFrame:
        return drift(self.tested, self.probabilities)

    @property
    def signals(self) -> pd.DataFrame:
        return signal_register(self.grown, self.held, KINDS)

    @property
    def signals_now(self) -> pd.DataFrame:
        return signals_now(self.grown, self.held, KINDS)

    @property
    def factors(self) -> pd.DataFrame:
        return factors(self.view, self.grown, self.exposed)

    @property
    def post_mortem(self) -> pd.DataFrame:
        before = looked_like(self.tested, leavers(self.panel))
        reasons = self.model.top_reasons(self.panel, before[before["score"] == MODEL])
        return post_mortem(self.view, self.panel, before, reasons)
