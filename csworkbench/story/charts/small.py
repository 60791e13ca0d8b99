"""Matplotlib's SVG made small: short numbers, nothing that draws nothing."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"-?\d+\.\d+")
_BARE_GROUP = re.compile(r"<g>((?:(?!</?g[ >]).)*)</g>", re.DOTALL)
_DROPPED = (
    re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>", re.DOTALL),
    re.compile(r"<metadata>.*?</metadata>", re.DOTALL),
    re.compile(r' id="(?:patch|line2d|axes|figure)_\d+"'),
)


def small(svg: str) -> str:
    """The same picture in fewer characters; places to a tenth of a unit."""
    for pattern in _DROPPED:
        svg = pattern.sub("", svg)
    svg = re.sub(r"\s*\n\s*", "\n", svg).replace(">\n<", "><").strip()
    svg = re.sub(r'(?<= d=")[^"]*', lambda path: _path(path[0]), svg)
    svg = _NUMBER.sub(lambda number: f"{float(number[0]):.3f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r'<path d="[^"]*" style="fill: none"/>', "", svg).replace(": ", ":").replace("; ", ";")
    while (shorter := _BARE_GROUP.sub(r"\1", svg)) != svg:
        svg = shorter
    return svg.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")


def _path(path: str) -> str:
    short = _NUMBER.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0").replace("-0 ", "0 "), path)
    return re.sub(r"\s*([MLQCZz])\s*", r"\1", short).strip().replace("\n", " ").replace(" -", "-")
