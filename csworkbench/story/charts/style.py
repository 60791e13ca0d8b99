"""The look of every drawing, and how a figure becomes a small SVG that is the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font

from ..text import shown

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
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "axes.linewidth": 1,
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
def _known_characters() -> frozenset[int]:
    files = [fontManager.findfont(FontProperties(family=FONTS[0])), str(_japanese_font())]
    return frozenset(code for file in files for code in get_font(file).get_charmap())


def label(value: object, longest: int = 28) -> str:
    """A text from data as a drawing shows it: bounded, and a character that no font has becomes a square."""
    known = _known_characters()
    return "".join(c if ord(c) in known else "□" for c in shown(value, longest))


@dataclass
class Drawing:
    """A figure of WIDTH × height units with one pair of axes; `svg` is filled when the drawing is done.

    height: units, as CSS pixels on a wide screen. left, right, top, bottom: margins in units.
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
        self.axes.spines[["left", "right", "top"]].set_visible(False)
        self.axes.patch.set_alpha(0)
        self.axes.set_yticks([])

    def text(self, x: float, y: float, words: str, **how: Any) -> Any:
        """A text at data coordinates, drawn even outside the axes."""
        return self.axes.text(x, y, words, **{"color": INK, "clip_on": False, **how})


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
    return _small(file.getvalue().decode())


_NUMBER = re.compile(r"-?\d+\.\d+")
_DROPPED = (
    re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"<metadata>.*?</metadata>", re.DOTALL),
    re.compile(r' id="(?:text|patch|line2d|axes|figure|xtick|ytick|matplotlib.axis|LineCollection)_\d+"'),
)


def _small(svg: str) -> str:
    for pattern in _DROPPED:
        svg = pattern.sub("", svg)
    svg = re.sub(r'(?<= d=")[^"]*', lambda path: _path(path[0]), svg)
    svg = _NUMBER.sub(lambda number: f"{float(number[0]):.3f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r"\s*\n\s*", "\n", svg).replace(">\n<", "><").strip()
    return _themed(svg)


def _path(path: str) -> str:
    short = _NUMBER.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), path)
    return re.sub(r"\s*([MLQCZz])\s*", r"\1", short).replace("\n", " ").replace(" -", "-")


def _themed(svg: str) -> str:
    """Colours become variables, so that the reader's dark setting changes them inside the picture."""
    names = {colour: f"--c{at}" for at, colour in enumerate(DARK)}
    for colour, name in names.items():
        svg = svg.replace(colour, f"var({name})")
    light = "".join(f"{name}:{colour};" for colour, name in names.items())
    dark = "".join(f"{names[colour]}:{other};" for colour, other in DARK.items())
    rules = f"<style>:root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    return re.sub(r"(<svg[^>]*>)", rf"\1{rules}", svg, count=1)
