"""A bridge: from one level to another by the movements between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .style import BLUE, LOSS, MUTED, PLAN, RULE, SKY, Drawing, drawing


@dataclass(frozen=True)
class Step:
    """One bar: a level (from zero) or a change (from where the last one ended); `words` is drawn at its end."""

    name: str
    value: float
    words: str
    is_level: bool = False


def bridge(steps: Sequence[Step], lang: str, plan: float | None = None, plan_words: str = "") -> str:
    """A waterfall as SVG; gains in blue, losses in hatched orange, levels dark. plan: level to draw in, or None."""
    with drawing(270, lang, top=30, bottom=44) as canvas:
        spans = _spans(steps)
        floor, ceiling = _window(spans, plan)
        for at, (step, (low, high)) in enumerate(zip(steps, spans, strict=True)):
            _bar(canvas, at, step, max(low, floor), high)
        _links(canvas, steps, spans)
        if plan is not None:
            _plan(canvas, len(steps), plan, plan_words)
        canvas.axes.set_xlim(-0.6, len(steps) - 0.4)
        canvas.axes.set_ylim(floor, ceiling)
        canvas.axes.set_xticks(range(len(steps)), [step.name for step in steps], color=MUTED, fontsize=11)
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
    tops = [high for _, high in spans] + ([plan] if plan is not None else [])
    lows = [low for low, _ in spans if low > 0] + ([plan] if plan is not None else [])
    top, low = max(tops), min(lows, default=0.0)
    span = top - low
    floor = 0.0 if span > 0.35 * top else low - 0.45 * span
    return floor, top + 0.02 * (top - floor) if top > floor else floor + 1


def _bar(canvas: Drawing, at: int, step: Step, low: float, high: float) -> None:
    loss = not step.is_level and step.value < 0
    how = {"facecolor": "none", "edgecolor": LOSS, "hatch": "////"} if loss else {"color": BLUE if step.is_level else SKY}
    canvas.axes.bar(at, high - low, bottom=low, width=0.66, linewidth=1.2 if loss else 0, **how)
    canvas.axes.annotate(
        step.words, (at, high), (0, 4), textcoords="offset points", ha="center", va="bottom", fontsize=12,
        color=LOSS if loss else None, fontweight="bold" if step.is_level else "normal", annotation_clip=False,
    )


def _links(canvas: Drawing, steps: Sequence[Step], spans: Sequence[tuple[float, float]]) -> None:
    level = 0.0
    for at, step in enumerate(steps[:-1]):
        level = step.value if step.is_level else level + step.value
        canvas.axes.plot([at + 0.33, at + 0.67], [level, level], color=RULE, linewidth=1)


def _plan(canvas: Drawing, n: int, plan: float, words: str) -> None:
    canvas.axes.plot([n - 1.45, n - 0.55], [plan, plan], color=PLAN, linewidth=2, linestyle=(0, (3, 1.5)))
    canvas.text(n - 1.5, plan, words, color=PLAN, ha="right", va="center", fontsize=11)
