"""The measures of one quarter: small frames, kept as Parquet and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ..data.settings import Company, Settings
from ..errors import CsworkbenchError, UnknownName
from .calendar import Quarter
from .frames import FRAMES, shaped

FORMAT = 1
FILE = "measures.json"


@dataclass(frozen=True)
class QuarterMeasures:
    """All that the packs of a quarter say in numbers.

    tables: canonical tables that were there. frames: name → frame, as `metrics.frames.FRAMES` describes them.
    absent: frame that could not be made → what was missing for it (tables, or settings as `journey`).
    """

    quarter: Quarter
    as_of: date
    settings: Settings
    tables: tuple[str, ...]
    frames: Mapping[str, pd.DataFrame]
    absent: Mapping[str, tuple[str, ...]]

    @property
    def company(self) -> Company:
        """Name, currency, fiscal year and languages."""
        return self.settings.company

    def frame(self, name: str) -> pd.DataFrame:
        """The frame of that name; UnknownName, or CsworkbenchError that says what is missing for it."""
        if name not in FRAMES:
            raise UnknownName("frame", name, tuple(FRAMES))
        if name not in self.frames:
            raise CsworkbenchError(f'there is no frame "{name}": {", ".join(self.absent.get(name, ()))} is missing')
        return self.frames[name]

    def save(self, folder: str | Path) -> Path:
        """Write the frames as Parquet and the rest as JSON into the folder, which is made; returns it."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for name, frame in self.frames.items():
            frame.to_parquet(place / f"{name}.parquet", index=False)
        (place / FILE).write_text(json.dumps(self._facts(), ensure_ascii=False, indent=1), encoding="utf-8")
        return place

    def _facts(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "quarter": self.quarter.label,
            "as_of": self.as_of.isoformat(),
            "settings": self.settings.model_dump(mode="json", by_alias=True),
            "tables": list(self.tables),
            "frames": sorted(self.frames),
            "absent": {name: list(missing) for name, missing in self.absent.items()},
        }


def load_measures(folder: str | Path) -> QuarterMeasures:
    """The measures that `save` wrote; CsworkbenchError when the folder holds none of this version."""
    place = Path(folder)
    if not (place / FILE).is_file():
        raise CsworkbenchError(f"{place} holds no measures of a quarter: {FILE} is not there")
    facts = json.loads((place / FILE).read_text(encoding="utf-8"))
    if facts.get("format") != FORMAT:
        raise CsworkbenchError(
            f"{place / FILE} was written by another version of csworkbench; measure the quarter again"
        )
    settings = Settings.model_validate(facts["settings"])
    quarter = Quarter.parse(facts["quarter"], settings.company.fiscal_year_start)
    frames = {name: _read(place / f"{name}.parquet", name) for name in facts["frames"]}
    absent = {name: tuple(missing) for name, missing in facts["absent"].items()}
    return QuarterMeasures(
        quarter, date.fromisoformat(facts["as_of"]), settings, tuple(facts["tables"]), frames, absent
    )


def _read(path: Path, name: str) -> pd.DataFrame:
    frame = pd.read_parquet(path)
    for column, type_ in FRAMES[name].items():
        if type_ == "object":
            frame[column] = frame[column].map(list)
    return shaped(name, frame)
