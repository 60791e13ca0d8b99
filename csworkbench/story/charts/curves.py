"""Curves over periods since the start, each with its interval as thin whiskers, named at their ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .dots import round_step
from .lettering import label, width
from .spread import apart
from .style import BLUE, LOSS, MUTED, Drawing, drawing

_STYLES = (("-", "o", BLUE), ("-", "D", LOSS))
_QUIET = ((0, (4, 1.4)), "s", MUTED)
LONGEST, _HEAD, _FOOT = 22, 30, 46


@dataclass(frozen=True)
class Curve:
    """One curve: name, value per period (NaN where there is none), low and high alike, words at its end.

    quiet: what others are held against, drawn dashed and grey.
    """

    name: str
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    last: str = ""
    quiet: bool = False


def curves(
    series: Sequence[Curve],
    heads: Sequence[str],
    axes: tuple[str, str],
    levels: Sequence[tuple[float, str]],
    lang: str,
) -> str:
    """At most two curves and a quiet one as SVG. heads: one per period; levels: heights named at the left.

    axes: what is measured, written above, and what the heads count, written below.
    """
    right = 20 + int(max(width(f"{label(each.name, LONGEST)} {each.last}", 12, lang, "bold") for each in series))
    left = max(46, 14 + int(max(width(words, 11.5, lang) for _, words in levels)))
    foot = _FOOT if axes[1] else _FOOT - 18
    with drawing(214 + foot, lang, left=left, right=min(right, 210), top=_HEAD, bottom=foot) as canvas:
        low, high = levels[0][0], levels[-1][0]
        canvas.limits((0, max(len(heads) - 1, 1)), (low, high))
        canvas.text(0, high, axes[0], (2 - left, 20), color=MUTED, size=11.5)
        for level, words in levels:
            canvas.text(0, level, words, (-8, 0), ha="right", color=MUTED, size=11.5)
        for place, (curve, style) in enumerate(zip(series, _styles(series), strict=True)):
            _curve(canvas, curve, style, 0.06 * (place - (len(series) - 1) / 2))
        _ends(canvas, series, (high - low) / (canvas.height - _HEAD - foot))
        for at, head in enumerate(heads):
            canvas.text(at, low, head, (0, -16), ha="center", color=MUTED, size=11.5)
        canvas.text(0, low, axes[1], (-4, -34), color=MUTED, size=11.5)
    return canvas.svg


def _styles(series: Sequence[Curve]) -> list[tuple[object, str, str]]:
    """Line, marker and colour of each curve; a third one that is not quiet looks like a quiet one."""
    loud = iter(_STYLES)
    return [_QUIET if curve.quiet else next(loud, _QUIET) for curve in series]


def round_levels(low: float, high: float, n: int = 5) -> list[float]:
    """Round heights, about n of them, that hold both ends."""
    step = round_step((high - low) / (n - 1))
    return [at * step for at in range(math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9) + 1)]


def _curve(canvas: Drawing, curve: Curve, style: tuple[object, str, str], aside: float) -> None:
    dash, marker, colour = style
    for at, (bottom, top) in enumerate(zip(curve.low, curve.high, strict=True)):
        if np.isfinite(bottom) and np.isfinite(top):
            canvas.line([at + aside] * 2, [bottom, top], colour, 1, alpha=0.55)
    canvas.line(range(len(curve.values)), curve.values, colour, 2.2, linestyle=dash, marker=marker, markersize=4)


def _ends(canvas: Drawing, series: Sequence[Curve], unit: float) -> None:
    """Names and last values to the right of each curve's end, pushed apart."""
    found: list[tuple[float, str, str]] = []
    for curve, (_, _, colour) in zip(series, _styles(series), strict=True):
        known = [value for value in curve.values if np.isfinite(value)]
        if known:
            found.append((known[-1], f"{label(curve.name, LONGEST)} {curve.last}", colour))
    found.sort()
    last = max(len(series[0].values) - 1, 1)
    for (_, words, colour), y in zip(found, apart([level for level, *_ in found], 16 * unit), strict=True):
        canvas.text(last, y, words, (12, 0), weight="bold", color=colour, size=12)
