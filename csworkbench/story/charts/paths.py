"""Paths of different lengths from a common start, each named where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .lettering import label, width
from .style import BLUE, LOSS, MUTED, PAPER, RULE, Drawing, drawing

_STYLES = (("-", "o", BLUE), ((0, (4, 1.4)), "s", MUTED), ((0, (1, 1.2)), "D", LOSS))


@dataclass(frozen=True)
class Path:
    """One path: its name and a value per step from 0 on. words: beside its end."""

    name: str
    values: Sequence[float]
    words: str


def paths(
    rows: Sequence[Path], steps: str, lang: str, level: float, level_words: str, percent: Sequence[tuple[float, str]]
) -> str:
    """At most three paths as SVG. steps: what the horizontal axis counts; level: drawn through; percent: the ticks."""
    longest = max(len(row.values) for row in rows)
    names = [f"{label(row.name, 16)} {row.words}" for row in rows]
    right = 24 + int(max(width(name, 12, lang, "bold") for name in names))
    with drawing(230, lang, left=52, right=right, top=14, bottom=40) as canvas:
        top = 1.06 * max(1.0, *(value for row in rows for value in row.values))
        canvas.limits((0, max(longest - 1, 1)), (0, top))
        _frame(canvas, longest, steps, percent)
        canvas.line([0, max(longest - 1, 1)], [level, level], MUTED, 1.2, linestyle=(0, (4, 3)))
        canvas.text(0, level, level_words, (6, 9), size=11, color=MUTED)
        for row, name, style in zip(rows, names, _STYLES, strict=False):
            _path(canvas, row, name, style, len(row.values) == longest)
    return canvas.svg


def _frame(canvas: Drawing, longest: int, steps: str, percent: Sequence[tuple[float, str]]) -> None:
    for value, words in percent:
        canvas.line([0, max(longest - 1, 1)], [value, value], RULE, 0.8)
        canvas.text(0, value, words, (-8, 0), ha="right", size=11, color=MUTED)
    for at in range(0, longest, 3):
        canvas.text(at, 0, str(at), (0, -12), ha="center", size=11.5, color=MUTED)
    canvas.text(0, 0, steps, (0, -29), size=11.5, color=MUTED)


def _path(canvas: Drawing, row: Path, name: str, style: tuple[object, str, str], is_longest: bool) -> None:
    dash, marker, colour = style
    at, last = len(row.values) - 1, row.values[-1]
    canvas.line(range(len(row.values)), row.values, colour, 2.4, linestyle=dash)
    canvas.line([at], [last], colour, marker=marker, markersize=9, markeredgecolor=PAPER)
    away = (11, 0) if is_longest else (4, -15)
    canvas.text(at, last, name, away, size=12, weight="bold", color=colour)
