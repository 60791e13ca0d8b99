"""An answer as the rows of the grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..metrics.intervals import SMALLEST_GROUP
from ..story.answered import Answered

DEEPEST = 60


def grid_table(answered: Answered) -> dict[str, Any]:
    """The content of a `Grid`."""
    say, width = answered.scene.say, answered.width
    heads = [say("Cohort"), say("n"), *(str(k) for k in range(width))]
    rows = [_row(answered, str(name), rows, width) for name, rows in answered.cells.groupby("cohort", sort=False)]
    caption = say("{measure}, by {periods} since the start", measure=answered.measure, periods=answered.periods)
    return {"caption": caption, "heads": heads, "rows": rows}


def _row(answered: Answered, cohort: str, rows: pd.DataFrame, width: int) -> dict[str, Any]:
    cells = [_cell(answered, cohort, row) for row in rows.head(width).to_dict("records")]
    n = answered.scene.language.number(int(rows["n"].iloc[0]))
    return {"key": cohort, "name": answered.named(cohort), "n": n, "cells": cells}


def _cell(answered: Answered, cohort: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    say, language = answered.scene.say, answered.scene.language
    if not row["mature"] or pd.isna(row["share"]):
        return {"text": "", "note": ""}
    share, text = answered.against(row["share"], row["period"]), answered.written(row["share"])
    words = say(
        "{cohort}, period {period}: {share} of {n}",
        cohort=answered.named(cohort),
        period=language.number(row["period"]),
        share=text,
        n=language.number(row["n_mature"]),
    )
    if pd.notna(row["low"]):
        low, high = answered.written(row["low"]), answered.written(row["high"])
        words = say("{words} (95% interval {low} to {high})", words=words, low=low, high=high)
    few = row["n_mature"] < SMALLEST_GROUP
    return {
        "text": f"({text})" if few else text,
        "title": say("{words}, too few to rely on", words=words) if few else words,
        "note": "",
        "depth": 0 if few else round(8 + (DEEPEST - 8) * min(1.0, abs(share - 1) / 0.6)),
        "side": "less" if share < 1 else "more",
    }
