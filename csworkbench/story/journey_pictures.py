"""The journey as points with intervals: who reached a step in time, and what followed when not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import pandas as pd

from .charts.dots import Dot, Scale, dots
from .language import is_missing
from .scene import Scene

MOST_DRAWN = 24
_STEP = 0.1


def steps_picture(scene: Scene, found: pd.DataFrame) -> str:
    """Every step with the share that reached it in time, the weakest set apart, as SVG."""
    rated = found.dropna(subset=["share"]).reset_index(drop=True)
    tones = ["bad" if at == rated["share"].argmin() else "plain" for at in rated.index]
    both = zip(rated.to_dict("records"), tones, strict=True)
    rows = [_dot(scene, row, str(row["name"]), tone) for row, tone in both]
    return dots(rows, _scale(scene, 1.0), scene.language.lang)


def groups_picture(scene: Scene, found: pd.DataFrame, milestone: str) -> str:
    """One step, group by group, the weakest first; CSMs at their drawn-in share with the raw one as a short mark."""
    rows = found[(found["milestone"] == milestone) & found["share"].notna()]
    drawn = "shrunk" if "shrunk" in rows else "share"
    rows = rows.sort_values([drawn, "group"], kind="stable").head(MOST_DRAWN)
    raw = scene.say("raw share") if drawn == "shrunk" else ""
    shown = [_dot(scene, row, str(row["group"]), drawn=drawn) for row in rows.to_dict("records")]
    every = float(rows["n_reached"].sum() / rows["n_eligible"].sum())
    return dots(shown, _scale(scene, 1.0, every, raw), scene.language.lang)


def late_picture(scene: Scene, found: pd.DataFrame) -> str:
    """Who left within a year, step by step, of those in time and of those late, as SVG."""
    rows = found.dropna(subset=["share"]).sort_values(["step", "late"])
    said = {False: scene.say("in time"), True: scene.say("late")}
    shown = []
    for row in rows.to_dict("records"):
        late = bool(row["late"])
        shown.append(_dot(scene, row, f"{row['name']}: {said[late]}", "bad" if late else "plain", n="n"))
    return dots(shown, _scale(scene, float(rows["high"].max())), scene.language.lang)


def said_of(scene: Scene, found: pd.DataFrame, name: str) -> str:
    """The rows of a picture in words. name: the column that names them."""
    rows = found.dropna(subset=["share"]).to_dict("records")
    return scene.language.listed([f"{row[name]} {scene.language.percent(row['share'], 0)}" for row in rows])


def _dot(
    scene: Scene, row: Mapping[Any, Any], name: str, tone: str = "plain", drawn: str = "share", n: str = "n_eligible"
) -> Dot:
    low, high = ("shrunk_low", "shrunk_high") if drawn == "shrunk" else ("low", "high")
    language = scene.language
    words = f"{language.percent(row[drawn], 0)} ({language.interval(row[low], row[high], 0)})"
    raw = float(row["share"]) if drawn == "shrunk" else None
    ends = float(row[drawn]), words, float(row[low]), float(row[high])
    return Dot(name, *ends, f"n = {language.number(row[n])}", tone, raw)


def _scale(scene: Scene, high: float, level: float | None = None, reference: str = "") -> Scale:
    top = min(1.0, _STEP * max(1, ceil(high / _STEP)))
    n = round(top / _STEP)
    known = [(at * _STEP, scene.language.percent(at * _STEP, 0)) for at in range(0, n + 1, 2 if n > 5 else 1)]
    words = "" if level is None else scene.say("all: {share}", share=scene.language.percent(level, 0))
    return Scale(0.0, top, known, level, words, reference_words=reference)


def days_picture(scene: Scene, rows: Sequence[Mapping[Any, Any]]) -> str:
    """Median days to first value with its interval, one row per quarter of start; an open end is an arrow."""
    known = [float(row[key]) for row in rows for key in ("median_days", "high_days") if not is_missing(row[key])]
    top = max([*known, 1.0]) * 1.05
    step = 10 ** (len(str(int(top))) - 1)
    step = next(each for each in (step / 2, step, 2 * step) if top / each <= 8)
    ticks = [(at * step, scene.language.number(at * step)) for at in range(int(top / step) + 1)]
    ticks[-1] = (ticks[-1][0], scene.language.count("{n} day", "{n} days", round(ticks[-1][0])))
    shown = [_waited(scene, row, 2 * top) for row in rows]
    return dots(shown, Scale(0.0, top, ticks), scene.language.lang)


def _waited(scene: Scene, row: Mapping[Any, Any], open_end: float) -> Dot:
    number, name, n = scene.language.number, str(row["name"]), f"n = {scene.language.number(row['n'])}"
    if is_missing(row["median_days"]):
        return Dot(name, None, str(row["why"]), remark=n)
    low, high = (None if is_missing(row[key]) else float(row[key]) for key in ("low_days", "high_days"))
    words = f"{number(row['median_days'])} ({number(low)}–{number(high) if high is not None else ''})"
    ends = (float(row["median_days"]), words, low, open_end if high is None and low is not None else high)
    return Dot(name, *ends, remark=n)
