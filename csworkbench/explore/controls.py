"""The controls of an explorer: each with a label that a screen reader says, all in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as widgets

WIDE = {"description_width": "13em"}
THIRD, HALF = "26em", "39.2em"


def choice(label: str, options: Sequence[tuple[str, str]], value: str) -> widgets.Dropdown:
    """A list to choose one from. options: what is read → what it means."""
    known = [meant for _, meant in options]
    first = value if value in known else known[0]
    return widgets.Dropdown(description=label, options=list(options), value=first, style=WIDE, layout=_layout())


def text(label: str, value: str, hint: str = "", width: str = HALF) -> widgets.Text:
    """A line to write in; takes effect with Enter or when it is left."""
    return widgets.Text(
        description=label, value=value, placeholder=hint, continuous_update=False, style=WIDE, layout=_layout(width)
    )


def number(label: str, value: int, low: int, high: int, step: int = 1) -> widgets.BoundedIntText:
    """A whole number, to be typed or moved with the arrow keys.

    A slider of ipywidgets has no name that a screen reader could say.
    """
    layout = _layout()
    return widgets.BoundedIntText(
        description=label, value=value, min=low, max=high, step=step, style=WIDE, layout=layout
    )


def button(label: str) -> widgets.Button:
    """A button that says what it does."""
    return widgets.Button(description=label, layout=widgets.Layout(width="auto"))


def tick(label: str, value: bool) -> widgets.Checkbox:
    """A box to tick."""
    return widgets.Checkbox(
        description=label, value=value, indent=False, layout=widgets.Layout(width="auto", margin="2px 12px")
    )


def rows(*lines: Sequence[widgets.Widget]) -> widgets.VBox:
    """Lines of controls that wrap on a narrow screen."""
    layout = widgets.Layout(flex_flow="row wrap", width="100%")
    return widgets.VBox([widgets.HBox(list(line), layout=layout) for line in lines])


def values_of(controls: Mapping[str, widgets.Widget]) -> dict[str, Any]:
    """What each control is set to."""
    return {name: control.value for name, control in controls.items()}


def _layout(width: str = THIRD) -> widgets.Layout:
    return widgets.Layout(width=width, max_width="100%")
