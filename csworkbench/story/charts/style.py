"""The look of every drawing, and how a figure becomes a small SVG that is the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text

from ..text import shown
from .small import small

WIDTH = 440
INK, MUTED, RULE, PAPER = "#1c2733", "#5c6874", "#d4dae0", "#ffffff"
BLUE, SKY, PALE, LOSS, PLAN = "#1b5a98", "#86b3d9", "#d3e3f1", "#b9531b", "#6d4c8f"
DARK = {
    INK: "#e8ecf0",
    MUTED: "#a3aeb9",
    RULE: "#3a444f",
    PAPER: "#161b21",
    BLUE: "#6aaae6",
    SKY: "#3f739f",
    PALE: "#263a4d",
    LOSS: "#ee9560",
    PLAN: "#bd9fe0",
}
FONTS = ("DejaVu Sans", "IPAexGothic")
_RC: dict[str, Any] = {
    "svg.hashsalt": "csworkbench",
    "svg.fonttype": "path",
    "text.parse_math": False,
    "text.usetex": False,
    "axes.unicode_minus": True,
    "font.size": 12,
    "text.color": INK,
    "hatch.linewidth": 1.2,
    "path.simplify": True,
}


@lru_cache
def _japanese_font() -> Path:
    """The font file inside the matplotlib-fontja wheel; importing that package would change global settings.

    It has one weight, which is registered for bold too.
    """
    spec = find_spec("matplotlib_fontja")
    assert spec is not None and spec.submodule_search_locations is not None
    path = Path(next(iter(spec.submodule_search_locations))) / "fonts" / "ipaexg.ttf"
    fontManager.addfont(str(path))
    plain = next(entry for entry in fontManager.ttflist if entry.fname == str(path))
    fontManager.ttflist.append(replace(plain, weight=700))
    return path


@lru_cache
def _latin_font(weight: str) -> Path:
    return Path(fontManager.findfont(FontProperties(family=FONTS[0], weight=weight)))


@lru_cache
def _characters(font: Path) -> frozenset[int]:
    return frozenset(get_font(str(font)).get_charmap())


@lru_cache
def _known_characters() -> frozenset[int]:
    return _characters(_latin_font("normal")) | _characters(_japanese_font())


def label(value: object, longest: int = 28) -> str:
    """A text from data as a drawing shows it: bounded, and a character that no font has becomes a square."""
    known = _known_characters()
    return "".join(c if ord(c) in known else "□" for c in shown(value, longest))


def _font(words: str, lang: str, weight: str) -> dict[str, Any]:
    """The one font that has every character, found without a search; else the families in turn."""
    fonts = [_latin_font(weight), _japanese_font()]
    for font in fonts if lang == "en" else reversed(fonts):
        if _characters(font).issuperset(map(ord, words)):
            return {"font": font}
    return {"fontweight": weight}


@dataclass
class Drawing:
    """A figure of WIDTH × height units with one pair of bare axes; `svg` is filled when the drawing is done.

    height: units, as CSS pixels on a wide screen. left, right, top, bottom: margins in units. Everything is drawn at
    data coordinates, even outside the axes; the limits of the axes are the chart's own to set.
    """

    height: int
    lang: str = "en"
    left: int = 8
    right: int = 8
    top: int = 8
    bottom: int = 24
    figure: Figure = field(init=False)
    axes: Axes = field(init=False)
    svg: str = field(init=False, default="")

    def start(self) -> None:
        """Open the figure and its bare axes."""
        self.figure = Figure(figsize=(WIDTH / 72, self.height / 72))
        FigureCanvasSVG(self.figure)
        box = (
            self.left / WIDTH,
            self.bottom / self.height,
            1 - (self.left + self.right) / WIDTH,
            1 - (self.top + self.bottom) / self.height,
        )
        self.axes = self.figure.add_axes(box)
        self.axes.set_axis_off()

    def limits(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """What the axes span, from left to right and from bottom to top."""
        self.axes.set_xlim(*x)
        self.axes.set_ylim(*y)

    def text(self, x: float, y: float, words: str, weight: str = "normal", **how: Any) -> None:
        """A text, middle at y."""
        self._write(Text(x, y, words, **{"color": INK, "va": "center", **_font(words, self.lang, weight), **how}))

    def note(
        self, x: float, y: float, words: str, away: tuple[float, float], weight: str = "normal", **how: Any
    ) -> None:
        """A text beside a point: so many units to the right of it and above."""
        how = {"color": INK, "va": "center", "textcoords": "offset points", "annotation_clip": False, **how}
        self._write(Annotation(words, (x, y), away, **_font(words, self.lang, weight), **how))

    def _write(self, text: Text) -> None:
        text.set_clip_on(False)
        self.axes.add_artist(text)

    def box(self, x: tuple[float, float], y: tuple[float, float], color: str, **how: Any) -> None:
        """A filled rectangle."""
        corner, size = (x[0], min(y)), (x[1] - x[0], max(y) - min(y))
        self._add(Rectangle(corner, *size, **{"facecolor": color, "edgecolor": "none", "linewidth": 0, **how}))

    def line(self, x: Sequence[float], y: Sequence[float], color: str, width: float = 1, **how: Any) -> None:
        """A line through points."""
        self._add(Line2D(x, y, color=color, linewidth=width, **how))

    def _add(self, artist: Artist) -> None:
        self.axes.add_artist(artist)
        artist.set_clip_on(False)


@contextmanager
def drawing(height: int, lang: str = "en", **margins: int) -> Iterator[Drawing]:
    """A drawing in the house style; after the block its `svg` holds the result."""
    _japanese_font()
    family = list(FONTS if lang == "en" else reversed(FONTS))
    canvas = Drawing(height, lang, **margins)
    with mpl.rc_context({**_RC, "font.family": family}):
        canvas.start()
        yield canvas
        canvas.svg = _svg(canvas.figure)


def _svg(figure: Figure) -> str:
    file = BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    return _themed(small(file.getvalue().decode()))


def _themed(svg: str) -> str:
    """Colours become variables, so that the reader's dark setting changes them inside the picture."""
    names = {colour: f"--c{at}" for at, colour in enumerate(DARK)}
    for colour, name in names.items():
        svg = svg.replace(colour, f"var({name})")
    light = "".join(f"{name}:{colour};" for colour, name in names.items())
    dark = "".join(f"{names[colour]}:{other};" for colour, other in DARK.items())
    rules = f"<style>:root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    return re.sub(r"(<svg[^>]*>)", rf"\1{rules}", svg, count=1)
