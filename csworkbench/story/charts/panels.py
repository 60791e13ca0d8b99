"""Estimates side by side: one row each, several panels with an axis of their own around zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .lettering import label
from .style import BLUE, LOSS, MUTED, PAPER, RULE, WIDTH, Drawing, drawing

_ROW, _HEAD, _FOOT, _NAMES, _GAP = 33, 26, 24, 96, 12
_LETTER = 12


@dataclass(frozen=True)
class Estimate:
    """A value with its interval. words: written above it."""

    value: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Panel:
    """One column: its name, and what stands at the left and the right end of its axis, which reach as far from zero."""

    name: str
    reach: float
    left: str
    right: str


def panels(
    rows: Sequence[tuple[str, Sequence[Estimate | None]]], heads: Sequence[Panel], lang: str, none: str = "–"
) -> str:
    """The rows as SVG; intervals above zero are blue with a disc, below it orange with a diamond, others grey squares.

    rows: name and one estimate per panel, None where there is none; none: what is written then.
    """
    foot = _ROW * len(rows)
    with drawing(foot + _HEAD + _FOOT, lang, left=4, right=4, top=_HEAD, bottom=_FOOT) as canvas:
        canvas.limits((0, WIDTH - 8), (foot, 0))
        for at, head in enumerate(heads):
            _head(canvas, head, *_span(at, len(heads)), foot)
        for at, (name, estimates) in enumerate(rows):
            canvas.text(0, _ROW * at + 21, label(name, 16), size=12)
            canvas.line([0, WIDTH - 8], [_ROW * (at + 1)] * 2, RULE, 0.5)
            for place, (one, head) in enumerate(zip(estimates, heads, strict=True)):
                _estimate(canvas, one, head, _span(place, len(heads)), _ROW * at + 22, none)
    return canvas.svg


def _span(at: int, n: int) -> tuple[float, float]:
    """Left and right end of a panel."""
    wide = (WIDTH - 8 - _NAMES) / n
    return _NAMES + wide * at + _GAP / 2, _NAMES + wide * (at + 1) - _GAP / 2


def _head(canvas: Drawing, head: Panel, left: float, right: float, foot: float) -> None:
    middle = (left + right) / 2
    canvas.text(middle, -12, label(head.name, 14), ha="center", size=12, weight="bold")
    canvas.line([middle, middle], [0, foot], RULE, 1.2)
    canvas.line([left, right], [foot, foot], RULE)
    canvas.text(left, foot, head.left, (0, -13), size=10.5, color=MUTED)
    canvas.text(middle, foot, "0", (0, -13), ha="center", size=10.5, color=MUTED)
    canvas.text(right, foot, head.right, (0, -13), ha="right", size=10.5, color=MUTED)


def _estimate(
    canvas: Drawing, one: Estimate | None, head: Panel, span: tuple[float, float], y: float, none: str
) -> None:
    left, right = span
    middle = (left + right) / 2
    if one is None:
        canvas.text(middle, y, none, ha="center", size=11, color=MUTED)
        return
    colour, marker = (BLUE, "o") if one.low > 0 else (LOSS, "D") if one.high < 0 else (MUTED, "s")
    low, value, high = (
        min(right, max(left, middle + v / head.reach * (right - left) / 2)) for v in (one.low, one.value, one.high)
    )
    canvas.line([low, high], [y, y], colour, 2)
    canvas.line([value], [y], colour, marker=marker, markersize=7.5, markeredgecolor=PAPER)
    reach = 0.3 * _LETTER * len(one.words)
    canvas.line([value - reach, value + reach], [y - _LETTER] * 2, PAPER, _LETTER - 2)
    canvas.text(value, y, one.words, (0, _LETTER), ha="center", size=10.5, color=colour)
