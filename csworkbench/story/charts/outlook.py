"""What came and what is expected: quarters as points, the next one with its interval, earlier forecasts behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .style import BLUE, INK, MUTED, PAPER, PLAN, RULE, Drawing, drawing

_FEWEST_WIDE = 5


@dataclass(frozen=True)
class Period:
    """One quarter. tick: its name, with a line break before the year. actual: what came, None for the next one.

    expected, low, high: what was forecast for it, None where nothing was. words: beside the point.
    """

    tick: str
    actual: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    words: str = ""


@dataclass(frozen=True)
class Names:
    """What the marks are called, in the key above: actual, forecast with its interval; `zero` at the zero line."""

    actual: str
    forecast: str
    zero: str = "0"


def outlook(periods: Sequence[Period], names: Names, lang: str) -> str:
    """The quarters as SVG: filled points are actuals, diamonds with a bar are forecasts and their intervals."""
    with drawing(252, lang, left=34, right=76, top=44, bottom=40) as canvas:
        (low, high), left = _window(periods), min(0, len(periods) - _FEWEST_WIDE)
        canvas.limits((left, max(len(periods) - 1, 1)), (low, high))
        canvas.line([left - 0.3, len(periods) - 0.6], [0, 0], RULE, 1.2)
        canvas.text(left - 0.3, 0, names.zero, (0, 9), size=11, color=MUTED)
        _key(canvas, names)
        known = [(at, period.actual) for at, period in enumerate(periods) if period.actual is not None]
        for at, period in enumerate(periods):
            _forecast(canvas, at, period)
        canvas.line([at for at, _ in known], [y for _, y in known], BLUE, 2, marker="o", markersize=6,
                    markeredgecolor=PAPER)  # fmt: skip
        for at, period in enumerate(periods):
            _words(canvas, at, period, low)
    return canvas.svg


def _window(periods: Sequence[Period]) -> tuple[float, float]:
    levels = [0.0, *(v for p in periods for v in (p.actual, p.expected, p.low, p.high) if v is not None)]
    low, high = min(levels), max(levels)
    margin = 0.1 * (high - low) or 1.0
    return low - margin, high + margin


def _key(canvas: Drawing, names: Names) -> None:
    """The two marks and their names, above the drawing."""
    x, y = canvas.axes.get_xlim()[0], canvas.axes.get_ylim()[1]
    per = (canvas.axes.get_ylim()[1] - canvas.axes.get_ylim()[0]) / (canvas.height - 84)
    wide = (canvas.axes.get_xlim()[1] - x) / 330
    canvas.line([x - 20 * wide], [y + 30 * per], BLUE, marker="o", markersize=6)
    canvas.text(x, y, names.actual, (-12, 30), size=11.5, color=BLUE)
    canvas.line([x + 142 * wide] * 2, [y + 24 * per, y + 36 * per], PLAN, 3, alpha=0.5)
    canvas.line([x + 142 * wide], [y + 30 * per], PLAN, marker="D", markersize=6)
    canvas.text(x, y, names.forecast, (152, 30), size=11.5, color=PLAN)


def _forecast(canvas: Drawing, at: int, period: Period) -> None:
    if period.expected is None:
        return
    is_next = period.actual is None
    if period.low is not None and period.high is not None:
        canvas.box((at - 0.09, at + 0.09), (period.low, period.high), PLAN, alpha=0.5 if is_next else 0.25)
    canvas.line([at], [period.expected], PLAN, marker="D", markersize=9 if is_next else 5.5, markeredgecolor=PAPER)


def _words(canvas: Drawing, at: int, period: Period, floor: float) -> None:
    for line_at, words in enumerate(period.tick.split("\n")):
        canvas.text(at, floor, words, (0, -12 - 15 * line_at), ha="center", color=MUTED, size=11.5)
    if period.actual is not None and period.words:
        canvas.text(at, period.actual, period.words, (0, 15), ha="center", size=11.5, weight="bold", color=INK)
    elif period.expected is not None and period.words:
        for y, words in zip(_heights(period), period.words.split("\n"), strict=False):
            bold = "bold" if y == period.expected else "normal"
            canvas.text(at, y, words, (13, 0), size=12, weight=bold, color=PLAN)


def _heights(period: Period) -> list[float]:
    """Where the words of the next quarter stand: beside the point, the upper and the lower end."""
    ends = [period.expected, period.high, period.low]
    return [end for end in ends if end is not None]
