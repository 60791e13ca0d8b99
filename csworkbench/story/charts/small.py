"""Matplotlib's SVG made small: short names, short numbers, nothing that draws nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

_GLYPH_SCALE = 16
_NUMBER = re.compile(r"-?\d+\.?\d*")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_GLYPH = re.compile(r'<path id="([^"]+)"(?: d="([^"]*)")? transform="scale\(0\.015625\)"/>')
_USE = re.compile(r'<use xlink:href="#([^"]+)"(?: transform="translate\(([-\d.]+) ([-\d.]+)\)")?/>')
_BARE_GROUP = re.compile(r"<g>((?:(?!</?g[ >]).)*)</g>", re.DOTALL)
_DROPPED = (
    re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"<metadata>.*?</metadata>", re.DOTALL),
    re.compile(r' id="(?:text|patch|line2d|axes|figure|matplotlib.axis|LineCollection)_\d+"'),
)


def small(svg: str) -> str:
    """The same picture in fewer characters; glyph outlines to a sixteenth of their unit, places to a tenth."""
    for pattern in _DROPPED:
        svg = pattern.sub("", svg)
    svg = re.sub(r"\s*\n\s*", "\n", svg).replace(">\n<", "><").strip()
    svg = _glyphs(svg)
    svg = re.sub(r'(?<= d=")[^"]*', lambda path: _path(path[0], _tenth), svg)
    svg = _DECIMAL.sub(lambda number: f"{float(number[0]):.3f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r'<path d="[^"]*" style="fill: none"/>', "", svg).replace(": ", ":").replace("; ", ";")
    while (shorter := _BARE_GROUP.sub(r"\1", svg)) != svg:
        svg = shorter
    return svg.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")


def _glyphs(svg: str) -> str:
    """Outlines once each under short names; a letter of a text is a reference with its place."""
    names: dict[str, str] = {}

    def outline(found: re.Match[str]) -> str:
        names[found[1]] = f"g{len(names)}"
        path = _path(found[2] or "", lambda number: str(round(float(number) / _GLYPH_SCALE)))
        return f'<path id="{names[found[1]]}" d="{path}" transform="scale({_GLYPH_SCALE / 64:g})"/>'

    def letter(found: re.Match[str]) -> str:
        name = names.get(found[1], found[1])
        places = [(axis, _tenth(value)) for axis, value in zip("xy", (found[2], found[3]), strict=True) if value]
        return (
            f'<use xlink:href="#{name}"'
            + "".join(f' {axis}="{place}"' for axis, place in places if place != "0")
            + "/>"
        )

    return _USE.sub(letter, _GLYPH.sub(outline, svg))


def _tenth(number: str) -> str:
    text = f"{float(number):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _path(path: str, written: Callable[[str], str]) -> str:
    short = _NUMBER.sub(lambda number: written(number[0]), path)
    return re.sub(r"\s*([MLQCZz])\s*", r"\1", short).strip().replace("\n", " ").replace(" -", "-")
