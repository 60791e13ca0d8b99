"""All scores of one day, made once and read by every pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from ..data.snapshot import Snapshot
from ..errors import CsworkbenchError, UnknownName
from ..metrics.saved import read_facts, write_frames
from ..metrics.shapes import SavedFrames
from .frames import FRAMES, SHAPES, empty, shaped
from .panel.panel import Panel, build_panel
from .threads import one_thread

__all__ = ["QuarterScores", "load_scores", "score_quarter", "scores_on_trial"]

FORMAT = 2
FILE = "scores.json"
_NO_EXPANSION = ("p_expansion", "expected_expansion_mrr")


@dataclass(frozen=True)
class QuarterScores:
    """Scores as of a day. frames: as `models.frames` describes them. absent: frame → why it is not there, a clause."""

    as_of: date
    frames: Mapping[str, pd.DataFrame]
    absent: Mapping[str, str]

    def frame(self, name: str) -> pd.DataFrame:
        """The frame of that name; UnknownName, or CsworkbenchError that says why it is not there."""
        if name not in FRAMES:
            raise UnknownName("frame", name, tuple(FRAMES))
        if name not in self.frames:
            raise CsworkbenchError(f'there is no frame "{name}": {self.absent.get(name, "it was not made")}')
        return self.frames[name]

    def save(self, folder: str | Path) -> Path:
        """Write the frames as Parquet and the rest as JSON into the folder, which is made; returns it."""
        facts = {
            "format": FORMAT,
            "as_of": self.as_of.isoformat(),
            "absent": dict(self.absent),
        }
        return write_frames(folder, FILE, self.frames, facts)


def load_scores(folder: str | Path) -> QuarterScores:
    """The scores that `save` wrote; CsworkbenchError when the folder holds none of this version."""
    place = Path(folder)
    facts = read_facts(place, FILE, FORMAT, "scores", "score again")
    frames = SavedFrames(SHAPES, place, facts["frames"])
    return QuarterScores(date.fromisoformat(facts["as_of"]), frames, facts["absent"])


@one_thread()
def score_quarter(snapshot: Snapshot, as_of: date, seed: int = 0, panel: Panel | None = None) -> QuarterScores:
    """Every score that the snapshot allows as of the day, from what was known on it.

    panel: that of `build_panel(snapshot, as_of)`, where it is there already. Too little history makes no error: what
    cannot be estimated is in `absent`, with an upper bound where nobody left.
    """
    if "subscriptions" not in snapshot.relations:
        absent = dict.fromkeys(("scores", "reasons", "survival", "weighted_health"), "there is no table subscriptions")
        return QuarterScores(as_of, MappingProxyType({}), MappingProxyType(absent))
    made = _Making(snapshot, panel or build_panel(snapshot, as_of), seed)
    made.churn()
    made.weighted_health()
    made.look_ahead()
    return QuarterScores(as_of, MappingProxyType(made.frames), MappingProxyType(made.absent))


def scores_on_trial(snapshot: Snapshot, as_of: date, seed: int = 0) -> QuarterScores:
    """`score_quarter`, and beside it the frames of `evaluation.evaluate`: every score with how often it was right."""
    from .trial.evaluation import FRAMES as JUDGED
    from .trial.evaluation import evaluate

    if "subscriptions" not in snapshot.relations:
        scored = score_quarter(snapshot, as_of, seed)
        reason = next(iter(scored.absent.values()))
        return QuarterScores(as_of, scored.frames, {**scored.absent, **dict.fromkeys(JUDGED, reason)})
    panel = build_panel(snapshot, as_of)
    scored, judged = score_quarter(snapshot, as_of, seed, panel), evaluate(snapshot, as_of, seed, panel)
    return QuarterScores(as_of, {**scored.frames, **judged.frames}, {**scored.absent, **judged.absent})


class _Making:
    """The frames while they are made, and why others are not there."""

    def __init__(self, snapshot: Snapshot, panel: Panel, seed: int) -> None:
        self.snapshot, self.panel, self.seed = snapshot, panel, seed
        self.view = snapshot.as_of(panel.until)
        self.frames: dict[str, pd.DataFrame] = {}
        self.absent: dict[str, str] = {}

    def churn(self) -> None:
        """scores, reasons, survival; where leaving cannot be estimated scores without probabilities."""
        if self._nobody:
            self.absent.update(dict.fromkeys(("scores", "reasons", "survival"), "no account pays"))
            return
        from .forecasts.expansion import expansion
        from .leaving.hazard import reason_against

        grows = expansion(self.panel, self.seed)
        reason = reason_against(self.panel)
        scores, reasons = self._unestimated(reason) if reason else self._estimated()
        growth = grows.scores[["account_id", *_NO_EXPANSION]]
        self.frames["scores"] = shaped("scores", scores.merge(growth, on="account_id", how="left"))
        told = [frame for frame in (reasons, grows.reasons) if len(frame)]
        if told:
            every = pd.concat(told, ignore_index=True)
            self.frames["reasons"] = shaped("reasons", every.astype({"value": "str"}))
        else:
            self.absent["reasons"] = reason or grows.absent or "every account has said that it leaves"

    def _estimated(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The scores and reasons of leaving; makes survival as well."""
        from .leaving.hazard import fit_hazard
        from .leaving.reasons import reasons_now
        from .leaving.scores import churn_scores, survival_curves

        hazard = fit_hazard(self.panel, self.seed)
        self.frames["survival"] = shaped("survival", survival_curves(self.panel, hazard))
        return churn_scores(self.view, self.panel, hazard), reasons_now(hazard, self.panel)

    def _unestimated(self, reason: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        from .leaving.scores import unestimated_scores

        self.absent["survival"] = reason
        return unestimated_scores(self.view, self.panel, reason), empty("reasons")

    @property
    def _nobody(self) -> bool:
        return self.panel.now.empty and self.panel.leaving.empty

    def weighted_health(self) -> None:
        """The transparent score."""
        from .trial.weighted import weighted_health

        if self.panel.now.empty:
            self.absent["weighted_health"] = "no account pays"
            return
        found = weighted_health(self.panel.now, self.snapshot.settings.health)
        found = found.assign(account_id=self.panel.now["account_id"])
        self.frames["weighted_health"] = shaped("weighted_health", found)

    def look_ahead(self) -> None:
        """forecast, whitespace, lifetime value."""
        from .forecasts.outlook import outlook

        ahead = outlook(self.snapshot, self.panel, self.panel.until, self.seed)
        self.frames.update(ahead.frames)
        self.absent.update(ahead.absent)
