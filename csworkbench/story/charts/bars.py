"""Horizontal bars with their names above them: parts of a whole, shares with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .lettering import label, width
from .style import BLUE, INK, LOSS, MUTED, PALE, PAPER, PLAN, RULE, SKY, WIDTH, Drawing, drawing

_VALUE, _WIDEST, _NAME = 54, 150, (46, 38, 30, 22)
_SHADES: Mapping[int, tuple[str, ...]] = {0: (), 1: (BLUE,), 2: (SKY, BLUE), 3: (PALE, SKY, BLUE)}


@dataclass(frozen=True)
class Stack:
    """One whole split into parts: shares that add up to 1, their words, the shares of last quarter, a target mark.

    remark: what is said instead, where there are no shares.
    """

    name: str
    shares: Sequence[float]
    words: Sequence[str]
    before: Sequence[float] = ()
    target: float | None = None
    remark: str = ""


def stacks(rows: Sequence[Stack], parts: Sequence[str], lang: str, before_words: str, target_words: str = "") -> str:
    """Stacked bars as SVG: this quarter thick, last quarter a thin bar below; parts light to dark, low to high.

    The target of the last (highest) part is a mark counted from the right end.
    """
    with drawing(54 * len(rows) + 32, lang, left=2, right=2, top=30, bottom=2) as canvas:
        canvas.limits((0, 1), (len(rows), 0))
        _key(canvas, parts)
        for at, row in enumerate(rows):
            _stack(canvas, at, row, before_words if at == 0 else "", target_words if at == 0 else "")
    return canvas.svg


def shades(n: int) -> tuple[str, ...]:
    """Fills, n of them, from light to dark that stay apart in grey."""
    return _SHADES.get(n, tuple([PALE] * max(0, n - 3)) + _SHADES[3])


def _key(canvas: Drawing, parts: Sequence[str]) -> None:
    """The names of the parts above the first bar, each beside a swatch of its fill."""
    step = 1 / max(len(parts), 3)
    for at, (name, shade) in enumerate(zip(parts, shades(len(parts)), strict=True)):
        canvas.box((at * step, at * step + 0.025), (-0.42, -0.22), shade)
        canvas.text(at * step + 0.036, -0.31, label(name, 18), size=12, color=MUTED)


def _stack(canvas: Drawing, at: int, row: Stack, before_words: str, target_words: str) -> None:
    canvas.text(0, at + 0.2, label(row.name, 40), size=12.5)
    if not row.shares:
        canvas.text(0, at + 0.55, row.remark, size=12, color=MUTED)
        return
    left = 0.0
    for share, words, shade in zip(row.shares, row.words, shades(len(row.shares)), strict=True):
        canvas.box((left, left + share), (at + 0.38, at + 0.74), shade)
        if share > 0.09:
            ink = PAPER if shade == BLUE else INK
            canvas.text(left + share / 2, at + 0.56, words, ha="center", color=ink, size=12.5)
        left += share
    _before(canvas, at, row, before_words)
    _target(canvas, at, row, target_words)


def _before(canvas: Drawing, at: int, row: Stack, words: str) -> None:
    left = 0.0
    for share, shade in zip(row.before, shades(len(row.before)), strict=True):
        canvas.box((left, left + share), (at + 0.77, at + 0.86), shade)
        left += share
    if words and row.before:
        canvas.text(1, at + 0.2, words, ha="right", color=MUTED, size=11)


def _target(canvas: Drawing, at: int, row: Stack, words: str) -> None:
    if row.target is None:
        return
    x = 1 - row.target
    canvas.line([x, x], [at + 0.32, at + 0.86], PAPER, 4.5)
    canvas.line([x, x], [at + 0.3, at + 0.88], PLAN, 2.4)
    canvas.text(x, at + 0.2, words, ha="center", color=PLAN, size=11.5)


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
    reference: float | None = None


def bars(rows: Sequence[Bar], lang: str, longest: float = 1.0, reference_words: str = "") -> str:
    """Bars as SVG, name above and value at the right; thin lines are intervals, a tick is the reference."""
    head = 20 if reference_words else 2
    right = min(_WIDEST, max([_VALUE, *(int(width(row.words, 13, lang, "bold")) + 10 for row in rows)]))
    with drawing(46 * len(rows) + head + 2, lang, left=2, right=right, top=head, bottom=2) as canvas:
        canvas.limits((0, longest), (len(rows), 0))
        if reference_words:
            canvas.line([0.006 * longest] * 2, [-0.34, -0.06], PLAN, 2.6)
            canvas.text(0.03 * longest, -0.2, reference_words, color=PLAN, size=11.5)
        for at, row in enumerate(rows):
            _bar(canvas, at, row, longest)
    return canvas.svg


def _bar(canvas: Drawing, at: int, row: Bar, longest: float) -> None:
    colour = LOSS if row.marked else BLUE
    y = (at + 0.5, at + 0.84)
    end = (canvas.right - 2, 0)
    canvas.text(0, at + 0.25, _fitting(row, canvas.lang), weight="bold" if row.marked else "normal", size=12.5)
    canvas.text(longest, at + 0.25, row.remark, end, ha="right", size=11, color=MUTED)
    canvas.box((0, longest), y, RULE, alpha=0.45)
    canvas.box((0, row.share), y, SKY if not row.marked else colour)
    if row.low is not None and row.high is not None:
        canvas.line([row.low, row.high], [at + 0.67] * 2, INK, 1.4, marker="|", markersize=7)
    if row.reference is not None:
        canvas.line([row.reference] * 2, [at + 0.44, at + 0.9], PLAN, 2.6)
    canvas.text(longest, at + 0.67, row.words, end, weight="bold", ha="right", size=13, color=colour)


def _fitting(row: Bar, lang: str) -> str:
    """The name, as long as it leaves room for the remark."""
    room = WIDTH - 16 - width(row.remark, 11, lang)
    names = [label(row.name, longest) for longest in _NAME]
    return next((name for name in names if width(name, 12.5, lang, "bold") <= room), names[-1])
