"""A triangle of cohorts: one row per cohort, one column per period; losses orange, growth blue, the rest pale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .lettering import label, width
from .style import BLUE, INK, LOSS, MUTED, PAPER, RULE, WIDTH, Drawing, drawing

ROW, HEAD, BREAK, LONGEST, LARGE = 23, 42, 0.45, 24, 11.5
_PALE, _DEEP, _FULL_AT = 0.1, 0.55, 0.6


@dataclass(frozen=True)
class Cohort:
    """One row. shares: one per period, None where the period is not over; words: what each cell says.

    note: written instead of shares, where there are too few accounts. is_total: set apart at the foot, written bold;
    its missing cells stay blank.
    """

    name: str
    n: str
    shares: Sequence[float | None]
    words: Sequence[str]
    note: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Heads:
    """What stands above: the number of each period, what is counted, what the periods are; and words in open cells."""

    periods: Sequence[str]
    n: str
    period: str
    later: str
    marked: int | None = None


def triangle(rows: Sequence[Cohort], heads: Heads, lang: str) -> str:
    """The triangle as SVG; cells that are not over are hatched; the column at place `marked` is framed."""
    places = _places(rows)
    height = int(HEAD + ROW * (places[-1] + 1)) + 4
    with drawing(height, lang, left=_left(rows, lang), right=2, top=HEAD, bottom=4) as canvas:
        canvas.limits((0, len(heads.periods)), (places[-1] + 1, 0))
        _heads(canvas, heads)
        size = _size(canvas, rows, len(heads.periods))
        for row, at in zip(rows, places, strict=True):
            _row(canvas, row, at, size)
        _later(canvas, rows, heads)
        _frame(canvas, places, heads.marked)
    return canvas.svg


def _left(rows: Sequence[Cohort], lang: str) -> int:
    """Room for the longest name and n, in units."""
    return (
        int(
            max(width(label(row.name, LONGEST), 11, lang, "bold") for row in rows)
            + max(width(label(row.n, 8), 11.5, lang) for row in rows)
        )
        + 20
    )


def _size(canvas: Drawing, rows: Sequence[Cohort], n_periods: int) -> float:
    """The type of the cells: smaller where the widest of them would touch its neighbour."""
    cell = (WIDTH - canvas.left - canvas.right) / n_periods - 4
    widest = max((width(label(words, 8), LARGE, canvas.lang, "bold") for row in rows for words in row.words), default=1)
    return round(LARGE * min(1.0, cell / max(widest, 1)), 1)


def _places(rows: Sequence[Cohort]) -> list[float]:
    totals = [row.is_total for row in rows]
    return [at + (BREAK if row.is_total and not all(totals) else 0.0) for at, row in enumerate(rows)]


def _heads(canvas: Drawing, heads: Heads) -> None:
    canvas.text(0, -1.3, heads.period, (-canvas.left + 2, 0), color=MUTED, size=11.5)
    canvas.text(0, -0.45, heads.n, (-8, 0), ha="right", color=MUTED, size=11.5)
    for at, name in enumerate(heads.periods):
        canvas.text(at + 0.5, -0.45, name, ha="center", color=MUTED, size=11.5)


def _row(canvas: Drawing, row: Cohort, at: float, size: float) -> None:
    weight = "bold" if row.is_total else "normal"
    canvas.text(0, at + 0.5, label(row.name, LONGEST), (-canvas.left + 2, 0), weight=weight, size=11)
    canvas.text(0, at + 0.5, label(row.n, 8), (-8, 0), weight=weight, ha="right", size=11.5)
    if row.note:
        canvas.text(0.15, at + 0.5, row.note, color=MUTED, size=11)
        return
    known = [place for place, share in enumerate(row.shares) if share is not None]
    for place in known:
        _cell(canvas, place, at, row, size)
    start = known[-1] + 1 if known else 0
    if start < len(row.shares) and not row.is_total:
        edge, foot = (start + 0.03, len(row.shares) - 0.03), (at + 0.04, at + 0.96)
        canvas.box(edge, foot, "none", edgecolor=RULE, hatch="////")


def _cell(canvas: Drawing, place: int, at: float, row: Cohort, size: float) -> None:
    share = row.shares[place]
    assert share is not None
    depth = _PALE + (_DEEP - _PALE) * min(1.0, abs(share - 1) / _FULL_AT)
    colour = LOSS if share < 1 else BLUE
    canvas.box((place + 0.03, place + 0.97), (at + 0.04, at + 0.96), colour, alpha=round(depth, 2))
    weight = "bold" if row.is_total else "normal"
    canvas.text(place + 0.5, at + 0.5, row.words[place], weight=weight, ha="center", size=size)


def _later(canvas: Drawing, rows: Sequence[Cohort], heads: Heads) -> None:
    """The words for open cells, in the lower right corner of the triangle, where they cover no number."""
    cohorts = [row for row in rows if not row.is_total]
    if not cohorts or cohorts[-1].note or cohorts[-1].shares[-1] is not None:
        return
    right, middle = len(heads.periods) - 0.1, len(cohorts) - 0.5
    cell = (WIDTH - canvas.left - canvas.right) / len(heads.periods)
    wide = (width(heads.later, 11, canvas.lang) + 8) / cell
    known = [at for at, share in enumerate(cohorts[-1].shares) if share is not None]
    if right - wide < (known[-1] + 1 if known else 0):
        return
    canvas.box((right - wide, right), (middle - 0.38, middle + 0.38), PAPER)
    canvas.text(right, middle, heads.later, (-4, 0), ha="right", color=MUTED, size=11)


def _frame(canvas: Drawing, places: Sequence[float], marked: int | None) -> None:
    if marked is not None:
        canvas.box((marked, marked + 1), (-0.9, places[-1] + 1), "none", edgecolor=INK, linewidth=1.4)
