"""The pictures of an answer to a question over cohorts: the triangle, and a few curves with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..metrics.intervals import SMALLEST_GROUP
from .charts.curves import Curve, curves, round_levels
from .charts.triangle import Cohort, Heads, triangle

if TYPE_CHECKING:
    from .answered import Answered

MOST_COLUMNS = 13


def curves_of(answered: Answered, cohorts: Sequence[str]) -> str:
    """At most two cohorts and all together as curves with intervals, as SVG."""
    cells, scene, width = answered.cells, answered.scene, answered.width
    chosen = [(answered.named(name), cells[cells["cohort"] == name]) for name in dict.fromkeys(cohorts)][:2]
    series = [_curve(answered, name, rows) for name, rows in chosen]
    series.append(_curve(answered, scene.say("All"), answered.whole, quiet=bool(chosen)))
    values = np.concatenate([[*each.values, *each.low, *each.high] for each in series])
    heads = [str(k) for k in range(width)]
    axes = (answered.measure, answered.since_start)
    return curves(series, heads, axes, _levels(answered, values), scene.language.lang)


def _curve(answered: Answered, name: str, rows: pd.DataFrame, quiet: bool = False) -> Curve:
    rows = rows.sort_values("period").head(answered.width)
    few = rows["n_mature"] < SMALLEST_GROUP
    value, low, high = (rows[column].where(~few).to_numpy(dtype=float) for column in ("share", "low", "high"))
    known = value[np.isfinite(value)]
    last = answered.written(known[-1]) if len(known) else ""
    return Curve(name, list(value), list(low), list(high), last, quiet)


def _levels(answered: Answered, values: np.ndarray) -> list[tuple[float, str]]:
    known = values[np.isfinite(values)]
    top = max(100.0 if answered.question.is_mean else 1.0, float(known.max(initial=0.0)))
    bottom = min(float(known.min(initial=top)), top * 0.9)
    return [(level, answered.written(level)) for level in round_levels(bottom, top)]


def triangle_of(answered: Answered) -> str:
    """Every cohort and all together as a triangle, the period of the message framed, as SVG."""
    scene, marked = answered.scene, answered.marked or 0
    places = _thinned(answered.width, marked)
    cohorts = answered.cells.groupby("cohort", sort=False)
    rows = [_row(answered, answered.named(str(name)), rows, places) for name, rows in cohorts]
    rows.append(_row(answered, scene.say("All"), answered.whole, places, total=True))
    heads = Heads(
        [str(k) for k in places], scene.say("n"), _heading(answered), scene.say("not over yet"), places.index(marked)
    )
    return triangle(rows, heads, scene.language.lang)


def _heading(answered: Answered) -> str:
    say, values = answered.scene.say, {"measure": answered.measure, "periods": answered.periods}
    if answered.question.is_mean:
        return say("{measure}, by {periods} since the start", **values)
    return say("{measure} in %, by {periods} since the start", **values)


def _row(answered: Answered, name: str, rows: pd.DataFrame, places: Sequence[int], total: bool = False) -> Cohort:
    language, by_period = answered.scene.language, rows.set_index("period")
    shares = [_known(by_period, place) for place in places]
    scale = 1 if answered.question.is_mean else 100
    words = ["" if share is None else language.number(scale * share) for share in shares]
    depth = [None if share is None else answered.against(share, at) for share, at in zip(shares, places, strict=True)]
    n = int(rows["n"].iloc[0])
    note = answered.scene.say("fewer than 5 customers") if n < SMALLEST_GROUP else ""
    return Cohort(name, language.number(n), depth, words, note, total)


def _thinned(width: int, marked: int) -> list[int]:
    """Periods to draw, at most thirteen, the marked one among them."""
    step = -(-width // MOST_COLUMNS)
    return [k for k in range(width) if (k - marked) % step == 0]


def _known(by_period: pd.DataFrame, place: int) -> float | None:
    share, n = float(by_period["share"].loc[place]), int(by_period["n_mature"].loc[place])
    return None if n < SMALLEST_GROUP or not np.isfinite(share) else share
