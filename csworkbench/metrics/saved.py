"""A folder of frames: each as Parquet, and one JSON file that says what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import CsworkbenchError


def write_frames(
    folder: str | Path, file: str, frames: Mapping[str, pd.DataFrame], facts: Mapping[str, object]
) -> Path:
    """Write the frames and the facts, with the frames' names, into the folder, which is made; returns it."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.to_parquet(place / f"{name}.parquet", index=False)
    text = json.dumps({**facts, "frames": sorted(frames)}, ensure_ascii=False, indent=1)
    (place / file).write_text(text, encoding="utf-8")
    return place


def read_facts(place: Path, file: str, format: int, what: str, remedy: str) -> dict[str, Any]:
    """The facts that `write_frames` wrote; CsworkbenchError when the folder holds none of this version.

    what: is missing where there is no file. remedy: what to do about one of another version.
    """
    if not (place / file).is_file():
        raise CsworkbenchError(f"{place} holds no {what}: {file} is not there")
    facts: dict[str, Any] = json.loads((place / file).read_text(encoding="utf-8"))
    if facts.get("format") != format:
        raise CsworkbenchError(f"{place / file} was written by another version of csworkbench; {remedy}")
    return facts
