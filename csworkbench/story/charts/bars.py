"""Horizontal bars with their names above them: parts of a whole, shares with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.patches import Rectangle

from .style import BLUE, INK, LOSS, MUTED, PALE, PAPER, PLAN, RULE, SKY, Drawing, drawing

_SHADES = {1: (BLUE,), 2: (SKY, BLUE), 3: (PALE, SKY, BLUE)}


@dataclass(frozen=True)
class Stack:
    """One whole split into parts: shares that add up to 1, their words, the shares of last quarter, a target mark."""

    name: str
    shares: Sequence[float]
    words: Sequence[str]
    before: Sequence[float] = ()
    target: float | None = None


def stacks(rows: Sequence[Stack], parts: Sequence[str], lang: str, before_words: str, target_words: str = "") -> str:
    """Stacked bars as SVG: this quarter thick, last quarter a thin bar below; parts light to dark, low to high.

    The target of the last (highest) part is a mark counted from the right end.
    """
    row_height = 56
    with drawing(row_height * len(rows) + 34, lang, left=2, right=2, top=30, bottom=4) as canvas:
        canvas.axes.set_xlim(0, 1)
        canvas.axes.set_ylim(len(rows), 0)
        canvas.axes.spines["bottom"].set_visible(False)
        canvas.axes.set_xticks([])
        _key(canvas, parts)
        for at, row in enumerate(rows):
            _stack(canvas, at, row, before_words if at == 0 else "", target_words if at == 0 else "")
    return canvas.svg


def shades(n: int) -> tuple[str, ...]:
    """n fills from light to dark that stay apart in grey."""
    return _SHADES.get(n, tuple([PALE] * max(0, n - 3)) + _SHADES[3])


def _key(canvas: Drawing, parts: Sequence[str]) -> None:
    """The names of the parts above the first bar, each beside a swatch of its fill."""
    step = 1 / max(len(parts), 3)
    for at, (name, shade) in enumerate(zip(parts, shades(len(parts)), strict=True)):
        canvas.axes.add_patch(Rectangle((at * step, -0.42), 0.025, 0.18, color=shade, clip_on=False, linewidth=0))
        canvas.text(at * step + 0.036, -0.33, name, va="center", fontsize=11, color=MUTED)


def _stack(canvas: Drawing, at: int, row: Stack, before_words: str, target_words: str) -> None:
    canvas.text(0, at + 0.22, row.name, va="center", fontsize=12)
    left = 0.0
    for share, words, shade in zip(row.shares, row.words, shades(len(row.shares)), strict=True):
        canvas.axes.barh(at + 0.55, share, left=left, height=0.36, color=shade, linewidth=0)
        if share > 0.09:
            ink = PAPER if shade == BLUE else INK
            canvas.text(left + share / 2, at + 0.55, words, ha="center", va="center", color=ink, fontsize=11.5)
        left += share
    _before(canvas, at, row, before_words)
    if row.target is not None:
        x = 1 - row.target
        canvas.axes.plot([x, x], [at + 0.33, at + 0.84], color=PLAN, linewidth=2.4)
        canvas.text(x, at + 0.2, target_words, ha="center", va="center", color=PLAN, fontsize=10.5)


def _before(canvas: Drawing, at: int, row: Stack, words: str) -> None:
    left = 0.0
    for share, shade in zip(row.before, shades(len(row.before)), strict=True):
        canvas.axes.barh(at + 0.8, share, left=left, height=0.09, color=shade, linewidth=0)
        left += share
    if words and row.before:
        canvas.text(1, at + 0.22, words, ha="right", va="center", color=MUTED, fontsize=10)


@dataclass(frozen=True)
class Bar:
    """One share with its words; low and high bound it, `marked` sets it apart, `remark` is written at the right."""

    name: str
    share: float
    words: str
    low: float | None = None
    high: float | None = None
    marked: bool = False
    remark: str = ""
    reference: float | None = field(default=None)


def bars(rows: Sequence[Bar], lang: str, longest: float = 1.0) -> str:
    """Bars as SVG, name above and value at the right; thin lines are intervals, a tick is the reference."""
    with drawing(44 * len(rows) + 8, lang, left=2, right=58, top=2, bottom=6) as canvas:
        canvas.axes.set_xlim(0, longest)
        canvas.axes.set_ylim(len(rows), 0)
        canvas.axes.spines["bottom"].set_visible(False)
        canvas.axes.set_xticks([])
        for at, row in enumerate(rows):
            _bar(canvas, at, row, longest)
    return canvas.svg


def _bar(canvas: Drawing, at: int, row: Bar, longest: float) -> None:
    colour = LOSS if row.marked else BLUE
    weight = "bold" if row.marked else "normal"
    canvas.text(0, at + 0.25, row.name, va="center", fontsize=12, fontweight=weight)
    canvas.text(longest, at + 0.25, row.remark, ha="right", va="center", fontsize=10.5, color=MUTED)
    canvas.axes.barh(at + 0.68, longest, height=0.34, color=RULE, linewidth=0, alpha=0.45)
    canvas.axes.barh(at + 0.68, row.share, height=0.34, color=colour, linewidth=0)
    if row.low is not None and row.high is not None:
        canvas.axes.plot([row.low, row.high], [at + 0.68] * 2, color=INK, linewidth=1.4)
        canvas.axes.plot([row.low, row.high], [at + 0.68] * 2, color=INK, linewidth=0, marker="|", markersize=7)
    if row.reference is not None:
        canvas.axes.plot([row.reference] * 2, [at + 0.46, at + 0.9], color=PLAN, linewidth=2.4)
    canvas.axes.annotate(
        row.words, (longest, at + 0.68), (8, 0), textcoords="offset points", va="center", fontsize=12,
        color=colour, fontweight="bold", annotation_clip=False,
    )
