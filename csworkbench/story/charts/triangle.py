"""A triangle of cohorts: one row per cohort, one column per period; losses orange, growth blue, the rest pale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.patches import Rectangle

from .style import BLUE, INK, LOSS, MUTED, PAPER, RULE, Drawing, drawing

ROW, HEAD, LEFT, BREAK = 23, 42, 112, 0.45
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
    with drawing(int(HEAD + ROW * (places[-1] + 1)) + 4, lang, left=LEFT, right=2, top=HEAD, bottom=4) as canvas:
        canvas.axes.set_xlim(0, len(heads.periods))
        canvas.axes.set_ylim(places[-1] + 1, 0)
        canvas.axes.set_axis_off()
        _heads(canvas, heads)
        for row, at in zip(rows, places, strict=True):
            _row(canvas, row, at)
        _later(canvas, rows, heads)
        _frame(canvas, rows, places, heads.marked)
    return canvas.svg


def _places(rows: Sequence[Cohort]) -> list[float]:
    totals = [row.is_total for row in rows]
    return [at + (BREAK if row.is_total and not all(totals) else 0.0) for at, row in enumerate(rows)]


def _heads(canvas: Drawing, heads: Heads) -> None:
    canvas.text(0, -1.3, heads.period, color=MUTED, fontsize=11, va="center")
    _label(canvas, -0.45, heads.n, "", color=MUTED)
    for at, name in enumerate(heads.periods):
        canvas.text(at + 0.5, -0.45, name, ha="center", va="center", color=MUTED, fontsize=11)


def _label(canvas: Drawing, at: float, n: str, name: str, **how: str) -> None:
    for x, words, side in ((-LEFT, name, "left"), (-8, n, "right")):
        canvas.axes.annotate(
            words, (0, at), (x, 0), textcoords="offset points", ha=side, va="center", fontsize=11.5,
            annotation_clip=False, **how,
        )  # fmt: skip


def _row(canvas: Drawing, row: Cohort, at: float) -> None:
    _label(canvas, at + 0.5, row.n, row.name, fontweight="bold" if row.is_total else "normal")
    known = [place for place, share in enumerate(row.shares) if share is not None]
    if row.note:
        canvas.text(0.15, at + 0.5, row.note, va="center", color=MUTED, fontsize=10.5)
        return
    for place in known:
        _cell(canvas, place, at, row)
    start = known[-1] + 1 if known else 0
    if start < len(row.shares) and not row.is_total:
        _open(canvas, start, at, len(row.shares))


def _cell(canvas: Drawing, place: int, at: float, row: Cohort) -> None:
    share = row.shares[place]
    assert share is not None
    depth = _PALE + (_DEEP - _PALE) * min(1.0, abs(share - 1) / _FULL_AT)
    colour = LOSS if share < 1 else BLUE
    canvas.axes.add_patch(Rectangle((place + 0.03, at + 0.04), 0.94, 0.92, color=colour, alpha=round(depth, 2), linewidth=0))
    weight = "bold" if row.is_total else "normal"
    canvas.text(place + 0.5, at + 0.5, row.words[place], ha="center", va="center", fontsize=11.5, fontweight=weight)


def _open(canvas: Drawing, start: int, at: float, end: int) -> None:
    box = Rectangle((start + 0.03, at + 0.04), end - start - 0.06, 0.92, fill=False, edgecolor=RULE, hatch="////", linewidth=0)
    canvas.axes.add_patch(box)


def _later(canvas: Drawing, rows: Sequence[Cohort], heads: Heads) -> None:
    """The words for open cells, in the lower right corner of the triangle."""
    cohorts = [row for row in rows if not row.is_total]
    if not cohorts or cohorts[-1].note or cohorts[-1].shares[-1] is not None:
        return
    canvas.text(
        len(heads.periods) - 0.15, len(cohorts) - 0.5, heads.later, ha="right", va="center", color=MUTED, fontsize=10.5,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 2},
    )  # fmt: skip


def _frame(canvas: Drawing, rows: Sequence[Cohort], places: Sequence[float], marked: int | None) -> None:
    if marked is None:
        return
    deep = [at for row, at in zip(rows, places, strict=True) if row.is_total]
    foot = (deep[-1] if deep else places[-1]) + 1
    canvas.axes.add_patch(Rectangle((marked, -0.9), 1, foot + 0.9, fill=False, edgecolor=INK, linewidth=1.3, clip_on=False))
