"""Predicted shares against what came: points with intervals beside the line of agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from .style import BLUE, MUTED, PAPER, RULE, WIDTH, Drawing, drawing

_TICKS = (0.0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
_SIDE, _LEFT, _TOP, _BOTTOM = 262, 56, 20, 42


@dataclass(frozen=True)
class Bin:
    """One group of predictions. predicted, observed: shares; low, high: interval of the observed one; n: its size."""

    predicted: float
    observed: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Axes:
    """What stands along the axes and on the line of agreement, and how a share is written."""

    predicted: str
    observed: str
    agreement: str
    ticks: dict[float, str]


def tick_shares(highest: float) -> list[float]:
    """The shares that get a tick on axes that reach `highest`."""
    return [share for share in _TICKS if share <= highest or share == 0]


def reach(bins: Sequence[Bin]) -> float:
    """How far the axes reach: the largest share or end of an interval and a little more, at most 1."""
    return min(1.0, 1.05 * max([0.05, *(max(b.predicted, b.observed, b.high) for b in bins)]))


def agreement(bins: Sequence[Bin], axes: Axes, lang: str) -> str:
    """The points as SVG on axes of square roots, which give small shares room; on the line, forecast and fact agree."""
    highest = reach(bins)
    right = WIDTH - _LEFT - _SIDE
    with drawing(_SIDE + _TOP + _BOTTOM, lang, left=_LEFT, right=right, top=_TOP, bottom=_BOTTOM) as canvas:
        canvas.limits((0, 1), (0, 1))
        canvas.line([0, 1], [0, 1], RULE, 1.6)
        canvas.text(1, 1, axes.agreement, (8, 0), size=11.5, color=MUTED)
        _axes(canvas, axes, highest)
        for one in bins:
            _bin(canvas, one, highest)
    return canvas.svg


def _axes(canvas: Drawing, axes: Axes, highest: float) -> None:
    canvas.line([0, 1], [0, 0], RULE)
    canvas.line([0, 0], [0, 1], RULE)
    for share, words in axes.ticks.items():
        at = sqrt(share / highest)
        canvas.text(at, 0, words, (0, -12), ha="center", size=11, color=MUTED)
        canvas.text(0, at, words, (-6, 0), ha="right", size=11, color=MUTED)
    canvas.text(0.5, 0, axes.predicted, (0, -31), ha="center", size=12)
    canvas.text(0, 1, axes.observed, (-_LEFT + 2, 13), size=12)


def _bin(canvas: Drawing, one: Bin, highest: float) -> None:
    x, y, low, high = (
        min(1.0, sqrt(share / highest)) for share in (one.predicted, one.observed, max(one.low, 0.0), one.high)
    )
    canvas.line([x, x], [low, high], BLUE, 1.6, alpha=0.8)
    canvas.line([x], [y], BLUE, marker="o", markersize=7.5, markeredgecolor=PAPER)
