"""Words as outlines of letters, so that a picture shows them alike everywhere; each letter and word is kept once.

Matplotlib can do this too, a millisecond a word; a cohort triangle has a hundred.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font, LoadFlags

from ..text import shown

UNKNOWN = "□"
EM = 150
_ASKED = 100
_MIDDLE = 0.36
_ANCHORS = {"left": 0.0, "center": 0.5, "right": 1.0}
_COMMANDS = {1: "m", 2: "l", 3: "q", 4: "c", 79: "z"}
_POINTS = {"m": 1, "l": 1, "q": 2, "c": 3, "z": 1}


@lru_cache
def _japanese_font() -> Path:
    """The font file inside the matplotlib-fontja wheel; importing that package would change global settings."""
    spec = find_spec("matplotlib_fontja")
    assert spec is not None and spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations))) / "fonts" / "ipaexg.ttf"


@lru_cache
def japanese_family() -> str:
    """The family name under which matplotlib finds that font."""
    fontManager.addfont(str(_japanese_font()))
    return FontProperties(fname=str(_japanese_font())).get_name()


@lru_cache
def _latin_font(weight: str) -> Path:
    return Path(fontManager.findfont(FontProperties(family="DejaVu Sans", weight=weight)))


@cache
def _face(font: Path) -> FT2Font:
    """An open font file; matplotlib's own ones are taken apart in every process that is forked."""
    return FT2Font(str(font))


def close_fonts() -> None:
    """Close the font files, since a fork must not share them; what was read of them stays."""
    _face.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=close_fonts)


@lru_cache
def _characters(font: Path) -> frozenset[str]:
    return frozenset(map(chr, _face(font).get_charmap()))


@cache
def _outline(font: Path, letter: str) -> tuple[str, float]:
    """The letter's path and how far it moves on, both in EM-ths of the type size; y grows downwards."""
    face = _face(font)
    face.set_size(_ASKED, 72)
    glyph = face.load_char(ord(letter), flags=LoadFlags.NO_HINTING)
    points, codes = face.get_path()
    scale = EM / _ASKED
    xy = [(round(x * scale), round(-y * scale)) for x, y in points.tolist()]
    return _path(xy, codes.tolist()), glyph.linearHoriAdvance / 65536 * scale


def _path(points: Sequence[tuple[int, int]], codes: Sequence[int]) -> str:
    """The outline with each place written from the last one, which takes fewer digits."""
    parts: list[str] = []
    at, here, start, last = 0, (0, 0), (0, 0), ""
    while at < len(codes):
        command = _COMMANDS[codes[at]]
        span = points[at : at + _POINTS[command]]
        at += _POINTS[command]
        if command == "z":
            parts, here, last = [*parts, command], start, command
            continue
        steps = " ".join(f"{x - here[0]} {y - here[1]}" for x, y in span)
        parts.append(f" {steps}" if command == last != "m" else command + steps)
        here, last = span[-1], command
        start = here if command == "m" else start
    return "".join(parts).replace(" -", "-")


@dataclass(frozen=True)
class Letter:
    """One letter of a word: its font, and its place from the start in EM-ths."""

    font: Path
    letter: str
    x: float


@lru_cache(maxsize=4096)
def _spelled(words: str, lang: str, weight: str) -> tuple[tuple[Letter, ...], float]:
    """The letters of the words and their width in EM-ths; in one font where one has them all.

    The Japanese font has one weight; bold words are in the Latin one where it has them all.
    """
    fonts = [_latin_font(weight), _japanese_font()]
    fonts = fonts if lang == "en" or weight == "bold" else fonts[::-1]
    whole = [font for font in fonts if _characters(font).issuperset(words)]
    letters, x = [], 0.0
    for letter in words:
        font = next((font for font in whole or fonts if letter in _characters(font)), None)
        font, letter = (font, letter) if font else (_latin_font(weight), UNKNOWN)
        letters.append(Letter(font, letter, x))
        x += _outline(font, letter)[1]
    return tuple(letters), x


def width(words: str, size: float, lang: str = "en", weight: str = "normal") -> float:
    """How wide the words are, in units of the drawing; size: type size in the same units."""
    return _spelled(words, lang, weight)[1] * size / EM


def label(value: object, longest: int = 28) -> str:
    """A text from data as a drawing shows it: on one line, bounded, without control characters."""
    return shown(value, longest)


@dataclass(frozen=True)
class _Run:
    """Words with their left end and base line, in EM-ths of their type size."""

    words: str
    weight: str
    x: float
    y: float


@dataclass
class Lettering:
    """The words of one drawing; `svg` draws them, gathered by size and colour."""

    lang: str
    runs: dict[tuple[float, str], list[_Run]] = field(default_factory=dict)

    def write(self, x: float, y: float, words: str, size: float, color: str, ha: str, weight: str) -> None:
        """Put words at a place of the drawing, middle at y; ha: which part of them is at x."""
        left = x - _ANCHORS[ha] * width(words, size, self.lang, weight)
        run = _Run(words, weight, left * EM / size, (y + _MIDDLE * size) * EM / size)
        self.runs.setdefault((size, color), []).append(run)

    def svg(self) -> str:
        """Every letter once, every word that comes again once, and where they stand."""
        written = _Written(self.lang, Counter((run.words, run.weight) for runs in self.runs.values() for run in runs))
        groups = [
            f'<g transform="scale({size / EM:.4g})" fill="{color}">{"".join(map(written.run, runs))}</g>'
            for (size, color), runs in self.runs.items()
        ]
        return f"<defs>{written.definitions}</defs>{''.join(groups)}"


@dataclass
class _Written:
    """Letters and repeated words that were used so far, by their short names."""

    lang: str
    times: Counter[tuple[str, str]]
    letters: dict[tuple[Path, str], str] = field(default_factory=dict)
    words: dict[tuple[str, str], str] = field(default_factory=dict)
    spelled: list[str] = field(default_factory=list)

    def run(self, run: _Run) -> str:
        key = (run.words, run.weight)
        if self.times[key] == 1:
            return self._word(run, run.x, run.y)
        if key not in self.words:
            self.words[key] = f"w{len(self.words)}"
            self.spelled.append(f'<g id="{self.words[key]}">{self._word(run, 0, 0)}</g>')
        return _use(self.words[key], run.x, run.y)

    def _word(self, run: _Run, x: float, y: float) -> str:
        letters = [letter for letter in _spelled(run.words, self.lang, run.weight)[0] if not letter.letter.isspace()]
        return "".join(_use(self._name(letter), x + letter.x, y) for letter in letters)

    def _name(self, letter: Letter) -> str:
        return self.letters.setdefault((letter.font, letter.letter), f"g{len(self.letters)}")

    @property
    def definitions(self) -> str:
        outlines = (f'<path id="{name}" d="{_outline(*letter)[0]}"/>' for letter, name in self.letters.items())
        return "".join([*outlines, *self.spelled])


def _use(name: str, x: float, y: float) -> str:
    place = "".join(f' {axis}="{at:.0f}"' for axis, at in (("x", x), ("y", y)) if round(at))
    return f'<use href="#{name}"{place}/>'
