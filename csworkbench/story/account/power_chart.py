"""People on a map: influence upwards, stance from against to for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..charts.lettering import label
from ..charts.style import BLUE, LOSS, MUTED, PALE, RULE, drawing

STANCES = ("opponent", "sceptic", "neutral", "supporter", "champion")
_INFLUENCE = range(1, 6)
_COLOURS = {"opponent": (LOSS, "D"), "sceptic": (LOSS, "D"), "neutral": (MUTED, "s")}


@dataclass(frozen=True)
class Person:
    """One person. influence: 1 to 5. stance: one of STANCES."""

    role: str
    influence: int
    stance: str


def power_chart(people: Sequence[Person], axes: tuple[Mapping[str, str], str], lang: str) -> str:
    """The map as SVG. axes: stance → its words, and the words for influence."""
    stances, influence = axes
    with drawing(300, lang, left=34, right=8, top=22, bottom=30) as canvas:
        canvas.limits((-0.5, len(STANCES) - 0.5), (0.4, 5.6))
        canvas.box((2.5, len(STANCES) - 0.5), (3.5, 5.6), PALE, alpha=0.55)
        for level in _INFLUENCE:
            canvas.line([-0.5, len(STANCES) - 0.5], [level - 0.5] * 2, RULE, 0.8)
            canvas.text(-0.5, level, str(level), (-8, 0), ha="right", size=11, color=MUTED)
        canvas.text(-0.5, 5.6, influence, (-30, 12), size=11, color=MUTED)
        for at, stance in enumerate(STANCES):
            canvas.text(at, 0.4, stances[stance], (0, -14), ha="center", size=11.5, color=MUTED)
        for person, row, n in _placed(people):
            colour, marker = _COLOURS.get(person.stance, (BLUE, "o"))
            x, y = STANCES.index(person.stance), person.influence + (n - 1) / 2 * 0.3 - row * 0.3
            canvas.line([x - 0.44], [y], colour, marker=marker, markersize=7)
            canvas.text(x - 0.37, y, label(person.role, 13), size=10.5)
    return canvas.svg


def _placed(people: Sequence[Person]) -> list[tuple[Person, int, int]]:
    """Each person with its place among those of the same cell, and their number."""
    cells: dict[tuple[int, str], list[Person]] = {}
    for person in people:
        cells.setdefault((person.influence, person.stance), []).append(person)
    return [(person, row, len(cell)) for cell in cells.values() for row, person in enumerate(cell)]
