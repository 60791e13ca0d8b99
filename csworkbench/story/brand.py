"""Pictures in the colours of the company."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .charts.style import recoloured
from .exhibit import Exhibit

if TYPE_CHECKING:
    from .scene import Scene


def branded(exhibit: Exhibit, scene: Scene) -> Exhibit:
    """The exhibit with the accent of the workspace in its picture."""
    accent = scene.measures.settings.brand.accent
    return replace(exhibit, figure_svg=recoloured(exhibit.figure_svg, accent)) if accent else exhibit
