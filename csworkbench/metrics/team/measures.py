"""The team's measures of one quarter, kept apart from those of the other packs: they are about people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..saved import read_facts, write_frames
from ..shapes import SavedFrames
from .frames import SHAPES

FORMAT = 1
FILE = "team.json"


@dataclass(frozen=True)
class TeamMeasures:
    """frames: name → frame, as `metrics.team.frames.FRAMES` describes them. absent: frame → what was missing for it."""

    frames: Mapping[str, pd.DataFrame]
    absent: Mapping[str, tuple[str, ...]]

    def frame(self, name: str) -> pd.DataFrame:
        """The frame of that name; UnknownName, or CsworkbenchError that says what is missing for it."""
        return SHAPES.one_of(self.frames, name, self.absent)

    def save(self, folder: str | Path) -> Path:
        """Write the frames as Parquet and the rest as JSON into the folder, which is made; returns it."""
        absent = {name: list(missing) for name, missing in self.absent.items()}
        facts = {"format": FORMAT, "absent": absent}
        return write_frames(folder, FILE, self.frames, facts)


def load_team(folder: str | Path) -> TeamMeasures:
    """The measures that `save` wrote; CsworkbenchError when the folder holds none of this version."""
    place = Path(folder)
    facts = read_facts(place, FILE, FORMAT, "measures of a team", "run the quarter again")
    frames = SavedFrames(SHAPES, place, facts["frames"])
    return TeamMeasures(frames, {name: tuple(missing) for name, missing in facts["absent"].items()})
