"""A bridge: from one level to another by the movements between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .lettering import label, width
from .style import BLUE, INK, LOSS, MUTED, PAPER, PLAN, RULE, SKY, WIDTH, Drawing, drawing

_HALF = 0.36
_SIDE, _LETTER = 4, 12


@dataclass(frozen=True)
class Step:
    """One bar: a level (from zero) or a change (from where the last one ended); `words` is drawn at its end."""

    name: str
    value: float
    words: str
    is_level: bool = False


def bridge(steps: Sequence[Step], lang: str, plan: float | None = None, plan_words: str = "") -> str:
    """A waterfall as SVG; gains in blue, losses in hatched orange, levels dark. plan: level to draw in, or None."""
    with drawing(262, lang, left=_SIDE, right=_SIDE, top=26, bottom=28) as canvas:
        spans = _spans(steps)
        floor, ceiling = _window(spans, plan)
        canvas.limits((-0.5, len(steps) - 0.5), (floor, ceiling))
        letter = _letter(steps, lang)
        for at, (step, (low, high)) in enumerate(zip(steps, spans, strict=True)):
            _bar(canvas, at, step, max(low, floor), high, letter)
            size = 11.5 if len(steps) < 7 else 10.5
            canvas.text(at, floor, label(step.name, 16), (0, -14), ha="center", color=MUTED, size=size)
            if step.is_level and floor > 0:
                _cut(canvas, at, floor, ceiling)
        _links(canvas, steps)
        canvas.line([-0.5, len(steps) - 0.5], [floor, floor], RULE)
        if plan is not None:
            _plan(canvas, len(steps) - 1, plan, plan_words)
    return canvas.svg


def _spans(steps: Sequence[Step]) -> list[tuple[float, float]]:
    spans, level = [], 0.0
    for step in steps:
        start = 0.0 if step.is_level else level
        level = step.value if step.is_level else level + step.value
        spans.append((min(start, level), max(start, level)))
    return spans


def _window(spans: Sequence[tuple[float, float]], plan: float | None) -> tuple[float, float]:
    """Bounds of the vertical axis; levels are cut at the foot when the movements would be too small to see."""
    ends = [end for span in spans for end in span if end > 0] + ([plan] if plan is not None else [])
    top, low = max(ends, default=1.0), min(ends, default=0.0)
    span = top - low
    floor = 0.0 if span > 0.35 * top else low - 0.6 * span
    return floor, top if top > floor else floor + 1


def _letter(steps: Sequence[Step], lang: str) -> float:
    """The type size at which no bar's words reach into the next bar's place."""
    room = 0.96 * (WIDTH - 2 * _SIDE) / len(steps)
    widest = max(width(step.words, _LETTER, lang, _weight(step)) for step in steps)
    return _LETTER * min(1.0, room / max(widest, 1.0))


def _weight(step: Step) -> str:
    return "bold" if step.is_level else "normal"


def _bar(canvas: Drawing, at: int, step: Step, low: float, high: float, letter: float) -> None:
    loss = not step.is_level and step.value < 0
    x = (at - _HALF, at + _HALF)
    if loss:
        canvas.box(x, (low, high), PAPER, edgecolor=LOSS, hatch="////", linewidth=1.4)
    else:
        canvas.box(x, (low, high), BLUE if step.is_level else SKY)
    colour = LOSS if loss else INK
    canvas.text(at, high, step.words, (0, 10), weight=_weight(step), ha="center", size=letter, color=colour)


def _cut(canvas: Drawing, at: int, floor: float, ceiling: float) -> None:
    """A slanted gap near the foot of a level that does not start at zero."""
    y, slant = floor + 0.1 * (ceiling - floor), 0.025 * (ceiling - floor)
    canvas.line([at - _HALF - 0.05, at + _HALF + 0.05], [y - slant, y + slant], PAPER, 4)


def _links(canvas: Drawing, steps: Sequence[Step]) -> None:
    level = 0.0
    for at, step in enumerate(steps[:-1]):
        level = step.value if step.is_level else level + step.value
        canvas.line([at + _HALF, at + 1 - _HALF], [level, level], MUTED, 0.8)


def _plan(canvas: Drawing, at: int, plan: float, words: str) -> None:
    canvas.line([at - 0.5, at + 0.5], [plan, plan], PAPER, 4)
    canvas.line([at - 0.5, at + 0.5], [plan, plan], PLAN, 2.2)
    canvas.text(at - 0.56, plan, words, color=PLAN, ha="right", size=11.5)
