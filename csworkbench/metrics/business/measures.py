"""The business frames of one quarter, kept beside its measures and read one by one when a pack asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ..saved import read_facts, write_frames
from ..shapes import SavedFrames
from .frames import SHAPES

FORMAT = 1
FOLDER, FILE = "business", "business.json"


@dataclass(frozen=True)
class QuarterBusiness:
    """frames: name → frame, as `metrics.business.frames` describes them. absent: frame → the tables it lacks."""

    as_of: date
    frames: Mapping[str, pd.DataFrame]
    absent: Mapping[str, tuple[str, ...]]

    def frame(self, name: str) -> pd.DataFrame:
        """The frame of that name; UnknownName, or CsworkbenchError that says what is missing for it."""
        return SHAPES.one_of(self.frames, name, self.absent)

    def save(self, folder: str | Path) -> Path:
        """Write the frames as Parquet and the rest as JSON into the folder, which is made; returns it."""
        facts = {
            "format": FORMAT,
            "as_of": self.as_of.isoformat(),
            "absent": {name: list(missing) for name, missing in self.absent.items()},
        }
        return write_frames(folder, FILE, self.frames, facts)


def load_business(folder: str | Path) -> QuarterBusiness:
    """The frames that `save` wrote; CsworkbenchError when the folder holds none of this version."""
    place = Path(folder)
    facts = read_facts(place, FILE, FORMAT, "business frames", "measure again")
    absent = {name: tuple(missing) for name, missing in facts["absent"].items()}
    return QuarterBusiness(date.fromisoformat(facts["as_of"]), SavedFrames(SHAPES, place, facts["frames"]), absent)
