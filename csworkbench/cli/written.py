"""Frames as files and as text."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

LIST_SEPARATOR = "; "


def write_frames(frames: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """Every frame as NAME.csv and NAME.parquet in the folder, which is made; returns it.

    CSV: UTF-8 with a mark that spreadsheets know, days as YYYY-MM-DD, lists joined by "; ", and an apostrophe before
    text that a spreadsheet would take for a formula.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        _plain(frame).to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    return folder


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    from ..story.text import csv_cell

    plain = _dated(frame)
    for name in plain.columns:
        if plain[name].dtype == "object":
            plain[name] = plain[name].map(LIST_SEPARATOR.join).astype("str")
        if plain[name].dtype == "str":
            plain[name] = plain[name].map(csv_cell, na_action="ignore")
    return plain


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    days = frame.select_dtypes("datetime").columns
    return frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%d").astype("str") for name in days})


def as_json(frames: Mapping[str, pd.DataFrame], **facts: Any) -> str:
    """The facts and the rows of every frame as JSON; days as YYYY-MM-DD, what is not there as null."""
    texts = {name: _dated(frame).to_json(orient="records", double_precision=15) for name, frame in frames.items()}
    rows = {name: json.loads(text) for name, text in texts.items()}
    return json.dumps({**facts, "frames": rows}, ensure_ascii=False, indent=1)


def as_text(frame: pd.DataFrame, decimals: int = 3) -> str:
    """The frame as a table of text, "-" for what is not there."""
    return _dated(frame).to_string(index=False, na_rep="-", float_format=lambda value: f"{value:,.{decimals}f}")


def drop_stale(names: Iterable[str], made: Collection[str], folder: Path) -> None:
    """Remove the files of frames that an earlier run made and this one did not."""
    for name in set(names) - set(made):
        for kind in ("csv", "parquet"):
            (folder / f"{name}.{kind}").unlink(missing_ok=True)
