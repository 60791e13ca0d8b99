"""The look of every drawing, and how a figure becomes a small SVG that is the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ...data.colour import dark_shades, light_shades
from .lettering import Lettering
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
_RC: Any = {"svg.hashsalt": "csworkbench", "hatch.linewidth": 1.2, "path.simplify": True}


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
    lettering: Lettering = field(init=False)
    svg: str = field(init=False, default="")

    def start(self) -> None:
        """Open the figure and its bare axes."""
        self.lettering = Lettering(self.lang)
        self.figure = Figure(figsize=(WIDTH / 72, self.height / 72), dpi=72)
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

    def text(self, x: float, y: float, words: str, away: tuple[float, float] = (0, 0), **how: Any) -> None:
        """Words with their middle at y, so many units to the right of a point and above it.

        how: size (units), color, ha (left, center, right), weight (normal, bold). Drawn above all else.
        """
        across, up = self.axes.transData.transform((x, y))
        style = {"size": 12.0, "color": INK, "ha": "left", "weight": "normal", **how}
        self.lettering.write(across + away[0], self.height - up - away[1], words, **style)

    def box(self, x: tuple[float, float], y: tuple[float, float], color: str, **how: Any) -> None:
        """A filled rectangle."""
        corner, size = (x[0], min(y)), (x[1] - x[0], max(y) - min(y))
        self._add(Rectangle(corner, *size, **{"facecolor": color, "edgecolor": "none", "linewidth": 0, **how}))

    def line(self, x: Sequence[float], y: Sequence[float], color: str, width: float = 1, **how: Any) -> None:
        """A line through points."""
        self._add(Line2D(x, y, color=color, linewidth=width, **how))

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self.axes.transData)
        self.figure.add_artist(artist)


@contextmanager
def drawing(height: int, lang: str = "en", **margins: int) -> Iterator[Drawing]:
    """A drawing in the house style; after the block its `svg` holds the result."""
    canvas = Drawing(height, lang, **margins)
    with mpl.rc_context(_RC):
        canvas.start()
        yield canvas
        canvas.svg = _svg(canvas)


def _svg(canvas: Drawing) -> str:
    file = BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    canvas.figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    picture = small(file.getvalue().decode()).removesuffix("</svg>")
    return _themed(f"{picture}{canvas.lettering.svg()}</svg>")


def _themed(svg: str) -> str:
    """Colours become variables, so that the reader's dark setting changes them inside the picture."""
    names = {colour: f"--c{at}" for at, colour in enumerate(DARK)}
    for colour, name in names.items():
        svg = svg.replace(colour, f"var({name})")
    light = "".join(f"{name}:{colour};" for colour, name in names.items())
    dark = "".join(f"{names[colour]}:{other};" for colour, other in DARK.items())
    rules = f"<style>:root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    return re.sub(r"(<svg[^>]*>)", rf"\1{rules}", svg, count=1)


def recoloured(svg: str, accent: str) -> str:
    """The picture with an accent (#rrggbb) and its shades in the place of the house's blue ones."""
    light, dark, names = light_shades(accent), dark_shades(accent), {c: f"--c{at}" for at, c in enumerate(DARK)}
    shades = ((BLUE, light.strong, dark.strong), (SKY, light.middle, dark.middle), (PALE, light.pale, dark.pale))
    for colour, on_light, on_dark in shades:
        declared, declared_dark = f"{names[colour]}:{colour};", f"{names[colour]}:{DARK[colour]};"
        svg = svg.replace(declared, f"{names[colour]}:{on_light};", 1)
        svg = svg.replace(declared_dark, f"{names[colour]}:{on_dark};", 1)
    return svg
