"""Colours as six hexadecimal digits: how far apart two are to the eye, and the nearest one that can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

PAPER, WASH = "#ffffff", "#f4f6f8"
DARK_PAPER, DARK_WASH = "#14181d", "#1d232a"
MARKS, TEXT = 4.5, 7.0
COLOUR = re.compile(r"#[0-9a-f]{6}")
_STEPS = 200


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminances, in [1, 21]. Source: WCAG 2.2, "contrast ratio"."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """The colour with that share of another one in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable(colour: str, paper: str, least: float) -> str:
    """The colour itself, or the nearest darker one (lighter on dark paper) of at least that contrast with the paper."""
    ink = "#000000" if contrast(paper, "#000000") > contrast(paper, "#ffffff") else "#ffffff"
    steps = (mixed(colour, ink, step / _STEPS) for step in range(_STEPS + 1))
    return next((found for found in steps if contrast(found, paper) >= least), ink)


@dataclass(frozen=True)
class Shades:
    """An accent on light and on dark paper. strong: marks; middle, pale: fills of charts; link: text."""

    strong: str
    middle: str
    pale: str
    link: str


def light_shades(accent: str) -> Shades:
    """The accent as it is on light paper."""
    link = readable(mixed(accent, "#000000", 0.12), WASH, TEXT)
    return Shades(accent, mixed(accent, PAPER, 0.48), mixed(accent, PAPER, 0.81), link)


def dark_shades(accent: str) -> Shades:
    """The accent made light enough for dark paper."""
    strong = readable(mixed(accent, PAPER, 0.3), DARK_WASH, MARKS)
    return Shades(
        strong, mixed(strong, DARK_PAPER, 0.5), mixed(strong, DARK_PAPER, 0.8), readable(strong, DARK_WASH, TEXT)
    )


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
