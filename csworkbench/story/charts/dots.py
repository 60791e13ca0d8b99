"""Estimates as points with intervals: one row each, on one axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .lettering import label
from .style import BLUE, LOSS, MUTED, PAPER, PLAN, RULE, Drawing, drawing

_TONES = {"good": (BLUE, "o"), "bad": (LOSS, "D"), "plain": (MUTED, "s")}
_ROW, _REMARK, _HEAD, _FOOT = 40, 15, 22, 24
_LONGEST_NAME = 46


@dataclass(frozen=True)
class Dot:
    """One estimate. value: None where there is none, then `words` says why. low, high: its interval, or None.

    words: at the right end. remark: smaller, below the name. tone: "good", "bad" or "plain" (colour and shape).
    reference: a short mark beside it, such as last quarter.
    """

    name: str
    value: float | None
    words: str
    low: float | None = None
    high: float | None = None
    remark: str = ""
    tone: str = "plain"
    reference: float | None = None


@dataclass(frozen=True)
class Scale:
    """The axis: from `low` to `high`, ticks as (value, words); level: a mark in all rows, with words above them.

    is_log: equal ratios are equally long; then all values are above 0.
    """

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    level: float | None = None
    level_words: str = ""
    is_log: bool = False
    reference_words: str = ""

    def place(self, value: float) -> float:
        """Where a value stands, 0 at the left end and 1 at the right one."""
        low, high, at = (math.log(v) if self.is_log else v for v in (self.low, self.high, max(value, self._least)))
        return min(1.0, max(0.0, (at - low) / (high - low)))

    @property
    def _least(self) -> float:
        return self.low if self.is_log else -math.inf


def dots(rows: Sequence[Dot], scale: Scale, lang: str) -> str:
    """The rows as SVG, name above, interval below; an interval that leaves the axis ends in an arrow."""
    heights = [_ROW + (_REMARK if row.remark else 0) for row in rows]
    head = _HEAD if scale.level_words or scale.reference_words else 4
    with drawing(sum(heights) + head + _FOOT, lang, left=6, right=6, top=head, bottom=_FOOT) as canvas:
        canvas.limits((0, 1), (sum(heights), 0))
        _axis(canvas, scale, sum(heights))
        top = 0
        for row, height in zip(rows, heights, strict=True):
            _row(canvas, row, scale, top, height)
            top += height
    return canvas.svg


def _axis(canvas: Drawing, scale: Scale, foot: float) -> None:
    canvas.line([0, 1], [foot, foot], RULE)
    for value, words in scale.ticks:
        x = scale.place(value)
        canvas.line([x, x], [foot, foot + 4], RULE)
        ha = "left" if x < 0.03 else "right" if x > 0.97 else "center"
        canvas.text(x, foot, words, (0, -14), ha=ha, size=11, color=MUTED)
    if scale.level is not None:
        x = scale.place(scale.level)
        canvas.text(x, -11, scale.level_words, ha="left" if x < 0.2 else "center", size=11, color=MUTED)
    if scale.reference_words:
        canvas.line([0.965, 0.965], [-17, -6], PLAN, 2.4)
        canvas.text(0.955, -11, scale.reference_words, ha="right", size=11, color=PLAN)


def _row(canvas: Drawing, row: Dot, scale: Scale, top: float, height: float) -> None:
    colour, marker = _TONES[row.tone]
    weight = "bold" if row.tone == "good" else "normal"
    canvas.text(0, top + 12, label(row.name, _LONGEST_NAME), weight=weight, size=12.5)
    known = row.value is not None
    canvas.text(1, top + 12, row.words, ha="right", size=12.5, weight="bold" if known else "normal",
                color=colour if known else MUTED)  # fmt: skip
    if row.remark:
        canvas.text(0, top + 27, row.remark, size=11, color=MUTED)
    y = top + height - 12
    if scale.level is not None:
        canvas.line([scale.place(scale.level)] * 2, [y - 6, y + 7], RULE, 1.6)
    if row.reference is not None:
        x = scale.place(row.reference)
        canvas.line([x, x], [y - 7, y + 7], PLAN, 2.4)
    if row.value is not None:
        _interval(canvas, row, scale, y, colour)
        canvas.line([scale.place(row.value)], [y], colour, marker=marker, markersize=8.5, markeredgecolor=PAPER)


def _interval(canvas: Drawing, row: Dot, scale: Scale, y: float, colour: str) -> None:
    if row.low is None or row.high is None:
        return
    canvas.line([scale.place(row.low), scale.place(row.high)], [y, y], colour, 2)
    _end(canvas, scale.place(row.low), y, colour, "<" if row.low < scale.low else "|")
    _end(canvas, scale.place(row.high), y, colour, ">" if row.high > scale.high else "|")


def _end(canvas: Drawing, x: float, y: float, colour: str, marker: str) -> None:
    canvas.line([x], [y], colour, marker=marker, markersize=8 if marker == "|" else 6)


def money_ticks(low: float, high: float, words: Callable[[float], str], n: int = 4) -> list[tuple[float, str]]:
    """Round values between low and high, about n of them, each with its words."""
    step = round_step((high - low) / n)
    first = math.ceil(low / step)
    return [(at * step, words(at * step)) for at in range(first, math.floor(high / step) + 1)]


def round_step(step: float) -> float:
    """The next round step: 1, 2 or 5 times a power of ten."""
    power: float = 10.0 ** math.floor(math.log10(step))
    return power * next(round_ for round_ in (1, 2, 5, 10) if round_ * power >= step * 0.999)
