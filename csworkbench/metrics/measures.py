"""The measures of one quarter: small frames, kept as Parquet and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ..data.settings import Company, Settings
from .calendar import Quarter
from .definitions import DEFINITIONS
from .frames import SHAPES
from .saved import read_facts, write_frames
from .shapes import SavedFrames

FORMAT = 1
FILE = "measures.json"


def versions() -> dict[str, int]:
    """Definition id → its version, as of this version of csworkbench."""
    return {name: definition.version for name, definition in DEFINITIONS.items()}


@dataclass(frozen=True)
class QuarterMeasures:
    """All that the packs of a quarter say in numbers.

    tables: canonical tables that were there. frames: name → frame, as `metrics.frames.FRAMES` describes them.
    absent: frame that could not be made → what was missing for it (tables, or settings as `journey`).
    definitions: measure → version of its definition by which the numbers were made.
    """

    quarter: Quarter
    as_of: date
    settings: Settings
    tables: tuple[str, ...]
    frames: Mapping[str, pd.DataFrame]
    absent: Mapping[str, tuple[str, ...]]
    definitions: Mapping[str, int] = field(default_factory=versions)

    @property
    def company(self) -> Company:
        """Name, currency, fiscal year and languages."""
        return self.settings.company

    def frame(self, name: str) -> pd.DataFrame:
        """The frame of that name; UnknownName, or CsworkbenchError that says what is missing for it."""
        return SHAPES.one_of(self.frames, name, self.absent)

    def save(self, folder: str | Path) -> Path:
        """Write the frames as Parquet and the rest as JSON into the folder, which is made; returns it."""
        return write_frames(folder, FILE, self.frames, self._facts())

    def _facts(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "quarter": self.quarter.label,
            "as_of": self.as_of.isoformat(),
            "settings": self.settings.model_dump(mode="json", by_alias=True),
            "tables": list(self.tables),
            "absent": {name: list(missing) for name, missing in self.absent.items()},
            "definitions": dict(self.definitions),
        }


def load_measures(folder: str | Path) -> QuarterMeasures:
    """The measures that `save` wrote; CsworkbenchError when the folder holds none of this version."""
    place = Path(folder)
    facts = facts_of(place)
    settings = Settings.model_validate(facts["settings"])
    quarter = Quarter.parse(facts["quarter"], settings.company.fiscal_year_start)
    frames = SavedFrames(SHAPES, place, facts["frames"])
    absent = {name: tuple(missing) for name, missing in facts["absent"].items()}
    as_of = date.fromisoformat(facts["as_of"])
    known = facts.get("definitions", {})
    return QuarterMeasures(quarter, as_of, settings, tuple(facts["tables"]), frames, absent, known)


def facts_of(place: Path) -> dict[str, Any]:
    """What `save` wrote beside the frames; CsworkbenchError when the folder holds no measures of this version."""
    return read_facts(place, FILE, FORMAT, "measures of a quarter", "measure the quarter again")


def read_frame(path: Path, name: str) -> pd.DataFrame:
    """A saved frame of that name."""
    return SHAPES.read(name, path)
