"""Forecasts written down when they were made, each sealed over the one before, so that they can be held to it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import CsworkbenchError
from ..frames import shaped

FORMAT = 1
_DIGITS = 4


@dataclass(frozen=True)
class Sealed:
    """One forecast as it was written down.

    number: its place in the folder, from 1. as_of: the day it was made of. data_hash: of the snapshot. version: of the
    models. forecast: the frame `forecast`. seal: sha256 over the content and the seal of the forecast before.
    """

    number: int
    as_of: date
    data_hash: str
    version: str
    forecast: pd.DataFrame
    seal: str


@dataclass(frozen=True)
class SealedForecasts:
    """The forecasts of a folder, oldest first, and what is wrong with it.

    forecasts: those whose seal holds. faults: one sentence for each file that was changed, cannot be read or is gone.
    """

    forecasts: tuple[Sealed, ...]
    faults: tuple[str, ...]


def seal(forecast: pd.DataFrame, folder: str | Path, as_of: date, data_hash: str, version: str) -> Path:
    """Write the forecast into the folder under the next number, and return its file, which is never written again.

    folder: made when absent; `.csworkbench/forecasts` of the output, by custom. forecast: the frame `forecast`.
    data_hash: of the snapshot that it was made from. version: of the package. The same forecast of the same day, data
    and version that is already there is not written twice: its file is returned. Nothing here depends on the clock,
    so a seal proves what was said and in which order, not on which day; print it in the pack for that.
    Raises CsworkbenchError when a file of the folder was changed: a new seal would vouch for it.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    known = sealed_forecasts(place)
    if known.faults:
        raise CsworkbenchError(f"no forecast was added to {place}: {known.faults[0]}")
    content = _content(shaped("forecast", forecast), as_of, data_hash, version)
    for path, facts in _read(place):
        if {name: facts[name] for name in content} == content:
            return path
    before = known.forecasts[-1] if known.forecasts else None
    facts = {"number": before.number + 1 if before else 1, **content, "previous": before.seal if before else ""}
    path = place / f"{facts['number']:0{_DIGITS}d}-{as_of.isoformat()}.json"
    _write_once(path, json.dumps({**facts, "seal": _seal_of(facts)}, ensure_ascii=False, indent=1) + "\n")
    return path


def _content(forecast: pd.DataFrame, as_of: date, data_hash: str, version: str) -> dict[str, Any]:
    rows = forecast.astype("object").where(forecast.notna(), None)
    return {
        "format": FORMAT,
        "as_of": as_of.isoformat(),
        "data_hash": data_hash,
        "version": version,
        "columns": list(rows.columns),
        "forecast": rows.to_numpy().tolist(),
    }


def _seal_of(facts: Mapping[str, Any]) -> str:
    """sha256 of the facts as JSON with sorted keys and no blanks, without the seal itself."""
    kept = {name: value for name, value in facts.items() if name != "seal"}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _write_once(path: Path, text: str) -> None:
    """Write the whole file or nothing; CsworkbenchError when it is there already."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".forecast-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        raise CsworkbenchError(f"{path} is there already: another run sealed a forecast. Run again.") from None
    finally:
        Path(temporary).unlink()


def sealed_forecasts(folder: str | Path, before: date | None = None) -> SealedForecasts:
    """The forecasts that were sealed into the folder, oldest first; none when there is no such folder.

    before: only those made as of an earlier day. Every seal is computed anew over the content and the seal before it,
    so a file that was changed, exchanged or taken away from the middle is named in `faults`, and so are later files
    that vouch for it. A file taken away from the end leaves no trace here.
    """
    found, faults, previous = [], [], (0, "")
    for path in _files(Path(folder)):
        facts = _facts(path)
        fault = "cannot be read" if facts is None else _fault(facts, path, *previous)
        if facts is None or fault:
            faults.append(f"{path.name} {fault}; the forecast in it does not count")
            previous = (_number(path), str((facts or {}).get("seal", "")))
            continue
        previous = (facts["number"], facts["seal"])
        found.append(_sealed(facts))
    return SealedForecasts(tuple(f for f in found if before is None or f.as_of < before), tuple(faults))


def _fault(facts: Mapping[str, Any], path: Path, number: int, previous: str) -> str:
    if facts.get("format") != FORMAT:
        return "was written by another version of csworkbench"
    if _seal_of(facts) != facts.get("seal"):
        return "was changed after it was sealed"
    if facts["number"] != _number(path) or facts["number"] != number + 1:
        return f"does not follow forecast {number}"
    return "" if facts["previous"] == previous else f"was not sealed over forecast {number} as it is now"


def _number(path: Path) -> int:
    return int(path.name[:_DIGITS])


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]" * _DIGITS + "-*.json"))


def _facts(path: Path) -> dict[str, Any] | None:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return facts if isinstance(facts, dict) else None


def _read(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in _files(folder):
        facts = _facts(path)
        if facts is not None:
            yield path, facts


def _sealed(facts: Mapping[str, Any]) -> Sealed:
    frame = shaped("forecast", pd.DataFrame(facts["forecast"], columns=facts["columns"]))
    day = date.fromisoformat(facts["as_of"])
    return Sealed(facts["number"], day, facts["data_hash"], facts["version"], frame, facts["seal"])
