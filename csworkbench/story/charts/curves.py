"""Curves over periods since the start, each with its interval as thin whiskers, named at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .lettering import label, width
from .spread import apart
from .style import BLUE, LOSS, MUTED, Drawing, drawing

_STYLES = (("-", "o", BLUE), ("-", "D", LOSS), ((0, (4, 1.4)), "s", MUTED))
LONGEST = 22


@dataclass(frozen=True)
class Curve:
    """One curve: name, value per period (NaN where there is none), low and high alike, words at its end."""

    name: str
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    last: str = ""


def curves(
    series: Sequence[Curve], heads: Sequence[str], axis: str, levels: Sequence[tuple[float, str]], lang: str
) -> str:
    """At most three curves as SVG. heads: one per period; axis: what they are; levels: heights named at the left."""
    right = 20 + int(max(width(f"{label(each.name, LONGEST)} {each.last}", 12, lang, "bold") for each in series))
    left = max(46, 14 + int(max(width(words, 11.5, lang) for _, words in levels)))
    with drawing(236, lang, left=left, right=min(right, 210), top=12, bottom=40) as canvas:
        low, high = levels[0][0], levels[-1][0]
        canvas.limits((0, max(len(heads) - 1, 1)), (low, high))
        for level, words in levels:
            canvas.text(0, level, words, (-8, 0), ha="right", color=MUTED, size=11.5)
        for place, (curve, style) in enumerate(zip(series, _STYLES, strict=False)):
            _curve(canvas, curve, style, 0.06 * (place - (len(series) - 1) / 2))
        _ends(canvas, series, (high - low) / (canvas.height - 52))
        for at, head in enumerate(heads):
            canvas.text(at, low, head, (0, -12), ha="center", color=MUTED, size=11.5)
        canvas.text(0, low, axis, (-4, -29), color=MUTED, size=11.5)
    return canvas.svg


def _curve(canvas: Drawing, curve: Curve, style: tuple[object, str, str], aside: float) -> None:
    dash, marker, colour = style
    for at, (bottom, top) in enumerate(zip(curve.low, curve.high, strict=True)):
        if np.isfinite(bottom) and np.isfinite(top):
            canvas.line([at + aside] * 2, [bottom, top], colour, 1, alpha=0.55)
    canvas.line(range(len(curve.values)), curve.values, colour, 2.2, linestyle=dash, marker=marker, markersize=4)


def _ends(canvas: Drawing, series: Sequence[Curve], unit: float) -> None:
    """Names and last values to the right of each curve's end, pushed apart."""
    found: list[tuple[float, str, str]] = []
    for curve, (_, _, colour) in zip(series, _STYLES, strict=False):
        known = [value for value in curve.values if np.isfinite(value)]
        if known:
            found.append((known[-1], f"{label(curve.name, LONGEST)} {curve.last}", colour))
    found.sort()
    last = max(len(series[0].values) - 1, 1)
    for (_, words, colour), y in zip(found, apart([level for level, *_ in found], 16 * unit), strict=True):
        canvas.text(last, y, words, (12, 0), weight="bold", color=colour, size=12)
