"""Lines over quarters, labelled at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .style import BLUE, MUTED, PAPER, PLAN, RULE, SKY, Drawing, drawing

_STYLES = ((BLUE, "-", "o"), (SKY, "-", "s"), (MUTED, (0, (4, 2)), "^"))


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
    series: Sequence[Line], ticks: Sequence[str], lang: str, reference: float | None = None, reference_words: str = ""
) -> str:
    """Lines as SVG; each is named at its right end, its plan is a short dashed mark beside the last point."""
    with drawing(250, lang, left=46, right=104, top=14, bottom=44) as canvas:
        for line, style in zip(series, _STYLES, strict=False):
            _line(canvas, line, style)
        if reference is not None:
            _reference(canvas, reference, reference_words, len(ticks))
        _ends(canvas, series, len(ticks))
        canvas.axes.set_xlim(-0.2, len(ticks) - 0.8)
        canvas.axes.margins(y=0.12)
        canvas.axes.set_xticks(range(len(ticks)), ticks, fontsize=11)
    return canvas.svg


def _line(canvas: Drawing, line: Line, style: tuple[str, object, str]) -> None:
    colour, dash, marker = style
    values = np.asarray(line.values, dtype=float)
    canvas.axes.plot(values, color=colour, linestyle=dash, linewidth=2.2, marker=marker, markersize=4.5)  # type: ignore[arg-type]
    canvas.axes.plot([len(values) - 1], values[-1:], color=colour, marker=marker, markersize=8, markeredgecolor=PAPER)
    if line.plan is not None:
        at = len(values) - 1
        canvas.axes.plot([at - 0.35, at + 0.35], [line.plan] * 2, color=PLAN, linewidth=2.2, clip_on=False)
    first = next((at for at, value in enumerate(values) if np.isfinite(value)), None)
    if first is not None and line.first:
        canvas.axes.annotate(
            line.first, (first, values[first]), (-8, 0), textcoords="offset points", ha="right", va="center",
            color=colour, fontsize=11, annotation_clip=False,
        )


def _reference(canvas: Drawing, level: float, words: str, n: int) -> None:
    canvas.axes.axhline(level, color=RULE, linewidth=1, zorder=0)
    canvas.text(n - 0.8, level, f"  {words}", color=MUTED, fontsize=10, va="center")


def _ends(canvas: Drawing, series: Sequence[Line], n: int) -> None:
    """Names and values at the right end, pushed apart so that none covers another."""
    labels: list[tuple[float, str, str, str]] = []
    for line, (colour, _, _) in zip(series, _STYLES, strict=False):
        if np.isfinite(line.values[-1]):
            labels.append((float(line.values[-1]), f"{line.name} {line.last}", colour, "bold"))
        if line.plan is not None:
            labels.append((line.plan, line.plan_words, PLAN, "normal"))
    low, high = canvas.axes.get_ylim()
    gap = 0.085 * (high - low) * 1.24
    for (_, words, colour, weight), y in zip(
        sorted(labels), _apart([label[0] for label in sorted(labels)], gap), strict=True
    ):
        canvas.text(n - 1 + 0.28, y, words, color=colour, fontweight=weight, va="center", fontsize=11.5)


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Ascending heights moved as little as needed so that neighbours are at least `gap` apart."""
    placed = list(heights)
    for _ in range(60):
        for at in range(len(placed) - 1):
            short = gap - (placed[at + 1] - placed[at])
            if short > 1e-12:
                placed[at] -= short / 2
                placed[at + 1] += short / 2
    return placed
