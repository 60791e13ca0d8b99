"""Bars to either side of zero: what raises a sum and what lowers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .lettering import label
from .style import INK, LOSS, MUTED, PAPER, PLAN, RULE, SKY, Drawing, drawing

_ROW, _NAMES = 30, 190


@dataclass(frozen=True)
class Push:
    """One part of a sum. value: in the units of the axis; is_level: a sum, drawn as a line of words and a thin bar."""

    name: str
    value: float
    words: str
    is_level: bool = False


def pushes(rows: Sequence[Push], lang: str, less_words: str, more_words: str, more_is_good: bool = False) -> str:
    """The parts as SVG, one row each: what raises to the right, what lowers to the left, the bad hatched."""
    reach = max([abs(row.value) for row in rows if not row.is_level] or [1.0]) or 1.0
    with drawing(_ROW * len(rows) + 26, lang, left=_NAMES, right=52, top=24, bottom=2) as canvas:
        canvas.limits((-reach, reach), (len(rows), 0))
        canvas.text(-0.05 * reach, -0.36, f"← {less_words}", ha="right", size=11, color=MUTED)
        canvas.text(0.05 * reach, -0.36, f"{more_words} →", size=11, color=MUTED)
        canvas.line([0, 0], [0, len(rows)], RULE, 1.2)
        for at, row in enumerate(rows):
            _row(canvas, at, row, reach, more_is_good)
    return canvas.svg


def _row(canvas: Drawing, at: int, row: Push, reach: float, more_is_good: bool) -> None:
    bad = (row.value < 0) == more_is_good
    middle, weight = at + 0.5, "bold" if row.is_level else "normal"
    canvas.text(-reach, middle, label(row.name, 30), (6 - _NAMES, 0), size=12, weight=weight)
    canvas.text(reach, middle, row.words, (50, 0), ha="right", size=12, weight=weight, color=_ink(row, bad))
    if row.is_level:
        canvas.line([-reach, reach], [at + 0.98, at + 0.98], RULE, 0.8)
        return
    ends = (min(0.0, row.value), max(0.0, row.value))
    if bad:
        canvas.box(ends, (at + 0.2, at + 0.8), PAPER, edgecolor=LOSS, hatch="////", linewidth=1.2)
    else:
        canvas.box(ends, (at + 0.2, at + 0.8), SKY)


def _ink(row: Push, bad: bool) -> str:
    return PLAN if row.is_level else LOSS if bad else INK
