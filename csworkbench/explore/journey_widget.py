"""The journey explorer on the screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ..errors import CsworkbenchError
from ..story.asked import column_name
from . import controls, panels

if TYPE_CHECKING:
    from .journeys import JourneyExplorer


class JourneyWidget:
    """Two controls on top, the three exhibits below."""

    def __init__(self, explorer: JourneyExplorer) -> None:
        self.explorer, scene = explorer, explorer.desk.scene
        splits = [(scene.say("Everybody"), ""), *((column_name(scene, name), name) for name in explorer.splits)]
        self.by = controls.choice(scene.say("Split by"), splits, explorer.by)
        self.where = controls.text(scene.say("Only where"), explorer.where, 'segment == "SMB"')
        self.alert = widgets.HTML()
        self.parts = [widgets.HTML() for _ in explorer.exhibits]
        self.box = widgets.VBox([controls.rows((self.by, self.where)), self.alert, *self.parts])
        for control in (self.by, self.where):
            control.observe(self._asked, "value")
        self._show()

    def _asked(self, _: Any) -> None:
        try:
            self.explorer.ask(self.by.value, self.where.value)
        except CsworkbenchError as error:
            self.alert.value = str(panels.alert(str(error)))
            return
        self.alert.value = ""
        self._show()

    def _show(self) -> None:
        for part, exhibit in zip(self.parts, self.explorer.exhibits, strict=True):
            part.value = self._named(str(replace(exhibit, id=f"{exhibit.id}_widget").html))

    def _named(self, html: str) -> str:
        """The tables under names of their own: a cell below may show the same one."""
        return html.replace('aria-label="', f'aria-label="{self.by.description}: ')
