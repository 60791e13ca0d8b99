"""What a pack was made of, read back from where a run left it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from ...data.settings import Settings
from ...errors import CsworkbenchError
from ...metrics import frames as of_measures
from ...metrics.measures import FILE, QuarterMeasures, facts_of, read_frame
from ...models import frames as of_scores
from ...models.quarter import FILE as SCORES_FILE
from ...models.quarter import QuarterScores

SCORES = "scores"
# Where a run keeps its measures, below its output folder.
WITHIN = (".", "measures", ".csworkbench/measures")


@dataclass(frozen=True)
class Told:
    """The measures and scores of a quarter, as far as a comparison needs them; frames may be read when asked for.

    quarter: its label. tables: canonical tables that were there. definitions: measure → version.
    """

    quarter: str
    as_of: date
    settings: Settings
    tables: tuple[str, ...]
    definitions: Mapping[str, int]
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    _read: dict[str, pd.DataFrame | None] = field(default_factory=dict, repr=False, compare=False)

    def frame(self, name: str) -> pd.DataFrame | None:
        """The frame of measures or scores of that name; None where it could not be made."""
        if name in self.frames or self.folder is None:
            return self.frames.get(name)
        if name not in self._read:
            self._read[name] = _from(self.folder, name)
        return self._read[name]


def told_of(measures: QuarterMeasures, scores: QuarterScores | None = None) -> Told:
    """What the pack of these measures and scores says."""
    frames = {**({} if scores is None else scores.frames), **measures.frames}
    return Told(
        measures.quarter.label, measures.as_of, measures.settings, measures.tables, measures.definitions, frames
    )


def load_told(folder: str | Path) -> Told:
    """What is in an output folder of a run, or in a folder of saved measures; CsworkbenchError where neither is."""
    place = next((found for part in WITHIN if ((found := Path(folder) / part) / FILE).is_file()), None)
    if place is None:
        raise CsworkbenchError(
            f"{folder} holds no measures of a quarter. Give a folder that csworkbench qbr wrote to, or one of saved"
            " measures."
        )
    facts = facts_of(place)
    settings, as_of = Settings.model_validate(facts["settings"]), date.fromisoformat(facts["as_of"])
    versions = facts.get("definitions", {})
    return Told(facts["quarter"], as_of, settings, tuple(facts["tables"]), versions, folder=place)


def _from(place: Path, name: str) -> pd.DataFrame | None:
    """A saved frame of measures or of scores."""
    if name in of_measures.FRAMES:
        path = place / f"{name}.parquet"
        return read_frame(path, name) if name in facts_of(place)["frames"] else None
    scores = place / SCORES
    if not (scores / SCORES_FILE).is_file():
        return None
    made = json.loads((scores / SCORES_FILE).read_text(encoding="utf-8"))["frames"]
    return of_scores.shaped(name, pd.read_parquet(scores / f"{name}.parquet")) if name in made else None
