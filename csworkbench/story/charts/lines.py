"""Lines over quarters, labelled at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .lettering import width
from .spread import apart
from .style import BLUE, LOSS, MUTED, PAPER, PLAN, RULE, Drawing, drawing

_STYLES = (("-", "o", BLUE), ((0, (4, 1.4)), "s", MUTED), ((0, (1, 1.2)), "D", LOSS))
_RIGHT, _WIDEST, _HEAD = 112, 200, 22


@dataclass(frozen=True)
class Line:
    """One series over the same quarters: name, values (NaN leaves a gap), words at the first and the last value."""

    name: str
    values: Sequence[float]
    first: str = ""
    last: str = ""
    plan: float | None = None
    plan_words: str = ""


def lines(
    series: Sequence[Line],
    ticks: Sequence[str],
    lang: str,
    reference: float | None = None,
    reference_words: str = "",
    axes: tuple[str, str] = ("", ""),
) -> str:
    """Lines as SVG; each is named at its right end, its plan is a short mark beside the last point.

    ticks: one per quarter, with a line break before the year. reference: a level drawn through, or None.
    axes: what is measured, written above; and what the ticks count, written below, for ticks of one line.
    """
    head = _HEAD if axes[0] else 0
    with drawing(246 + head, lang, left=50, right=_right(series, lang), top=12 + head, bottom=40) as canvas:
        low, high = _window(series, reference)
        canvas.limits((0, max(len(ticks) - 1, 1)), (low, high))
        if reference is not None:
            canvas.line([0, max(len(ticks) - 1, 1)], [reference, reference], RULE, 1.2)
        for line, style in zip(series, _STYLES, strict=False):
            _line(canvas, line, style)
        unit = (high - low) / (canvas.height - 52 - head)
        canvas.text(0, high, axes[0], (-48, 18), color=MUTED, size=11.5)
        canvas.text(0, low, axes[1], (-4, -29), color=MUTED, size=11.5)
        _starts(canvas, series, (reference, reference_words), unit)
        _ends(canvas, series, len(ticks), unit)
        for at, tick in enumerate(ticks):
            for line_at, words in enumerate(tick.split("\n")):
                canvas.text(at, low, words, (0, -12 - 15 * line_at), ha="center", color=MUTED, size=11.5)
    return canvas.svg


def _right(series: Sequence[Line], lang: str) -> int:
    """Room for the words at the right end."""
    return min(
        _WIDEST, max([_RIGHT, *(22 + int(width(f"{line.name} {line.last}", 12, lang, "bold")) + 4 for line in series)])
    )


def _window(series: Sequence[Line], reference: float | None) -> tuple[float, float]:
    levels = [
        value for line in series for value in (*line.values, line.plan) if value is not None and np.isfinite(value)
    ]
    levels += [] if reference is None else [reference]
    low, high = min(levels), max(levels)
    margin = 0.12 * (high - low) or 0.05
    return low - margin, high + margin


def _line(canvas: Drawing, line: Line, style: tuple[object, str, str]) -> None:
    dash, marker, colour = style
    values = [float(value) for value in line.values]
    at = len(values) - 1
    if line.plan is not None:
        canvas.line([at - 0.3, at + 0.3], [line.plan] * 2, PLAN, 2.6)
    canvas.line(range(len(values)), values, colour, 2.4, linestyle=dash, marker=marker, markersize=4.5)
    canvas.line([at], values[-1:], colour, marker=marker, markersize=9, markeredgecolor=PAPER, markeredgewidth=1.2)


def _starts(canvas: Drawing, series: Sequence[Line], reference: tuple[float | None, str], unit: float) -> None:
    """First values and the words of the reference at the left end, pushed apart."""
    labels = [
        (line.values[0], line.first, colour)
        for line, (_, _, colour) in zip(series, _STYLES, strict=False)
        if line.first and np.isfinite(line.values[0])
    ]
    level, words = reference
    labels = sorted([*labels, *([(level, words, MUTED)] if level is not None else [])])
    for (_, words, colour), y in zip(labels, apart([height for height, *_ in labels], 15 * unit), strict=True):
        canvas.text(0, y, words, (-8, 0), ha="right", color=colour, size=11.5)


def _ends(canvas: Drawing, series: Sequence[Line], n: int, unit: float) -> None:
    """Names and values at the right end, pushed apart so that none covers another. unit: height of one unit."""
    labels: list[tuple[float, str, str, str]] = []
    for line, (_, _, ink) in zip(series, _STYLES, strict=False):
        if np.isfinite(line.values[-1]):
            labels.append((float(line.values[-1]), f"{line.name} {line.last}", ink, "bold"))
        if line.plan is not None:
            labels.append((line.plan, line.plan_words, PLAN, "normal"))
    labels.sort()
    heights = apart([height for height, *_ in labels], 16 * unit)
    for (_, words, colour, weight), y in zip(labels, heights, strict=True):
        canvas.text(n - 1, y, words, (22, 0), weight=weight, color=colour, size=12)
