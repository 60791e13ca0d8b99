"""Forecasts are sealed when a quarter is made, and held against what came when a later one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ..version import __version__
from .ledger import FOLDER

if TYPE_CHECKING:
    from ..data.snapshot import Snapshot
    from ..metrics.calendar import Quarter
    from ..models.quarter import QuarterScores

FORECASTS = "forecasts"
N_QUARTERS = 4


def earlier_forecasts(output: Path, quarter: Quarter) -> list[Path]:
    """The folders of forecasts that the last quarters' runs sealed, beside this output; oldest first."""
    found: list[Path] = []
    for _ in range(N_QUARTERS):
        quarter = quarter.previous
        found.insert(0, output.resolve().parent / quarter.label / FOLDER / FORECASTS)
    return [folder for folder in found if folder.is_dir()]


def held_to_account(
    scores: QuarterScores, earlier: Sequence[Path], snapshot: Snapshot, as_of: date
) -> tuple[QuarterScores, tuple[str, ...]]:
    """The scores with the errors of sealed forecasts before those recomputed, and a sentence per broken seal."""
    from ..models.forecasts.forecast_errors import score_forecasts, with_sealed
    from ..models.forecasts.sealed import sealed_forecasts
    from ..models.frames import empty

    read = [sealed_forecasts(folder, before=as_of) for folder in earlier]
    faults = tuple(
        f"note: {folder}: {fault}" for folder, found in zip(earlier, read, strict=True) for fault in found.faults
    )
    errors = score_forecasts([one for found in read for one in found.forecasts], snapshot, as_of)
    if errors.empty:
        return scores, faults
    recomputed = scores.frames.get("forecast_errors", empty("forecast_errors"))
    frames = {**scores.frames, "forecast_errors": with_sealed(recomputed, errors)}
    absent = {name: reason for name, reason in scores.absent.items() if name != "forecast_errors"}
    return replace(scores, frames=frames, absent=absent), faults


def seal_forecast(scores: QuarterScores, folder: Path, data_hash: str) -> None:
    """Write the forecast down for later quarters; nothing where there is none."""
    from ..models.forecasts.sealed import seal

    if "forecast" in scores.frames:
        seal(scores.frame("forecast"), folder, scores.as_of, data_hash, __version__)
