"""How a company looks in its packs: its logo, and its accent colour on light and on dark paper."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.colour import COLOUR, Shades, dark_shades, light_shades
from ..errors import Problem, Refusal
from .sanitise import is_picture

if TYPE_CHECKING:
    from ..data.settings import Settings


@dataclass(frozen=True)
class Brand:
    """logo: data: address of a picture, or nothing. accent: #rrggbb, or nothing for the colours of the house."""

    logo: str = ""
    accent: str = ""

    @property
    def css(self) -> str:
        """The style rules that set the accent."""
        if not COLOUR.fullmatch(self.accent):
            return ""
        light, dark = _rule(light_shades(self.accent)), _rule(dark_shades(self.accent))
        return f"{light}\n@media screen and (prefers-color-scheme: dark) {{ {dark} }}"


PLAIN = Brand()


def _rule(shades: Shades) -> str:
    return f":root {{ --accent: {shades.strong}; --link: {shades.link}; }}"


def brand_of(settings: Settings, folder: Path) -> Brand:
    """The brand of a workspace; Refusal for a logo that could do more than be looked at."""
    from ..data.logo import NotALogo, read_logo

    own = settings.brand
    if own.logo is None:
        return Brand("", own.accent or "")
    try:
        kind, content = read_logo(folder, own.logo)
        address = f"data:image/{kind};base64,{b64encode(content).decode()}"
        if not is_picture(address):
            raise NotALogo("holds more than a picture: scripts, styles from outside, or links")
    except NotALogo as error:
        remedy = "Export it again as plain shapes, or as a PNG."
        raise Refusal([Problem("workspace.toml", 0, "brand.logo", "bad_logo", str(error), remedy, own.logo)]) from None
    return Brand(address, own.accent or "")
