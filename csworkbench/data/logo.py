"""The logo of a workspace: a small PNG or SVG file beside workspace.toml, without anything that is not the picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import Problem
from .png import SIGNATURE, NotAPng, bare_png

FILE = "workspace.toml"
LARGEST_BYTES = 100_000


class NotALogo(ValueError):
    """What is wrong with the file, one sentence without a full stop."""


def logo_problems(name: str | None, folder: Path) -> Iterator[Problem]:
    """Why the file that `brand.logo` names cannot be the logo."""
    if name is None:
        return
    try:
        read_logo(folder, name)
    except NotALogo as error:
        remedy = f"Give a PNG or SVG file of at most {LARGEST_BYTES // 1000} kB in the workspace's folder."
        yield Problem(FILE, 0, "brand.logo", "bad_logo", str(error), remedy, name)


def read_logo(folder: Path, name: str) -> tuple[str, bytes]:
    """The kind ("png", "svg+xml") and content of the logo; of a PNG the picture alone. Raises NotALogo."""
    content = _content((folder / name).resolve(), folder.resolve())
    if content.startswith(SIGNATURE):
        try:
            return "png", bare_png(content)
        except NotAPng:
            raise NotALogo("is not a whole PNG") from None
    if name.lower().endswith(".svg") and b"<svg" in content:
        return "svg+xml", content
    raise NotALogo("is neither a PNG nor an SVG")


def _content(path: Path, folder: Path) -> bytes:
    if not path.is_relative_to(folder):
        raise NotALogo("is outside the workspace's folder")
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise NotALogo(f"has {path.stat().st_size:,} bytes")
        return path.read_bytes()
    except OSError:
        raise NotALogo("is no file that can be read") from None
