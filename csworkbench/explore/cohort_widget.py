"""The cohort explorer on the screen: its controls, and what changes when one of them is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from markupsafe import Markup

from ..errors import CsworkbenchError
from ..story.answered_pictures import curves_of
from . import choices, controls, panels
from .grid import Grid
from .grid_rows import grid_table

if TYPE_CHECKING:
    from .cohorts import CohortExplorer


class CohortWidget:
    """Controls on top, the grid with its message and curves, the accounts of the chosen cell, comparison and pins."""

    def __init__(self, explorer: CohortExplorer) -> None:
        self.explorer, scene = explorer, explorer.desk.scene
        self.say, population, asked = scene.say, explorer.desk.population, explorer.question
        say = self.say
        self.asked = {
            "measure": controls.choice(say("Measure"), choices.measures(scene, population), asked.measure),
            "rule": controls.choice(say("Counted if active"), choices.rules(scene), asked.rule),
            "by": controls.choice(say("Cohorts by"), choices.cohorts(scene, population), asked.by),
            "grain": controls.choice(say("Period"), choices.grains(scene), asked.grain),
            "periods": controls.number(say("Periods shown"), asked.periods, 1, 60),
            "since": controls.text(say("Started since"), asked.since, "2024-01-01", controls.THIRD),
            "where": controls.text(say("Only where"), asked.where, 'segment == "SMB" and employees > 50'),
        }
        condition = "" if asked.by.isidentifier() or asked.by == self.asked["by"].value else asked.by
        self.condition = controls.text(say("Or by a condition"), condition, "employees > 50")
        self.grid, self.alert = Grid(), widgets.HTML()
        self.message, self.curves, self.accounts = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.first, self.second = (controls.choice(label, [("–", "")], "") for label in (say("Compare"), say("with")))
        self.compared, self.look = widgets.HTML(), controls.button(say("Compare the two"))
        self.pin_name, self.pin_it = (
            controls.text(say("Pin this view as"), "", say("a name"), "30em"),
            controls.button(say("Pin")),
        )
        self.kinds = {kind: controls.tick(label, kind == "executive") for kind, label in self._kinds()}
        self.pins = controls.rows()
        self.box = self._box()
        self._wire()
        self._show()

    def _kinds(self) -> list[tuple[str, str]]:
        return [("executive", self.say("in the executive pack")), ("segment", self.say("in segment packs"))]

    def _box(self) -> widgets.VBox:
        asked = self.asked
        top = controls.rows(
            [asked[name] for name in ("measure", "by", "grain", "rule", "since", "periods")],
            (self.condition, asked["where"]),
        )
        layout = widgets.Layout(flex_flow="row wrap", align_items="flex-start")
        middle = widgets.HBox(
            [widgets.Box([self.grid], layout=widgets.Layout(overflow="auto")), self.curves], layout=layout
        )
        below = controls.rows(
            (self.first, self.second, self.look), (self.compared,), (self.pin_name, *self.kinds.values(), self.pin_it)
        )
        return widgets.VBox([top, self.alert, self.message, middle, self.accounts, below, self.pins])

    def _wire(self) -> None:
        for control in (*self.asked.values(), self.condition):
            control.observe(self._asked, "value")
        self.grid.observe(self._chosen, "chosen")
        self.look.on_click(self._compare)
        self.pin_it.on_click(self._pin)

    def _asked(self, _: Any) -> None:
        asked = controls.values_of(self.asked)
        asked["by"] = self.condition.value.strip() or asked["by"]
        if not self.explorer.has_counted(**asked):
            self.grid.busy = self.say("Counting this for the first time; with many accounts it takes a while.")
        if self._tried(lambda: self.explorer.ask(**asked)):
            self._show()
        self.grid.busy = ""

    def _show(self) -> None:
        """Everything that follows from the question."""
        answered = self.explorer.answered
        with self.grid.hold_sync():
            self.grid.chosen, self.grid.table = [], grid_table(answered)
        self.message.value = str(panels.message(answered))
        self.accounts.value = self.compared.value = ""
        options = [(answered.named(name), name) for name in self.explorer.answer.cohorts] or [("–", "")]
        for place, control in enumerate((self.first, self.second)):
            control.options = options
            control.value = options[min(place, len(options) - 1)][1]
        self._draw([])
        self._list_pins()

    def _draw(self, cohorts: list[str]) -> None:
        answered = self.explorer.answered
        drawn = panels.picture(curves_of(answered, cohorts), panels.alt_of(answered)) if answered.is_told else ""
        self.curves.value = str(drawn)

    def _chosen(self, change: Any) -> None:
        if not change["new"]:
            return
        cohort, period = change["new"]
        explorer, answered = self.explorer, self.explorer.answered
        caption = panels.caption_of(answered, cohort, int(period))
        found = explorer.accounts(cohort, int(period))
        self.accounts.value = str(panels.accounts_of(explorer.desk.scene, found, caption, explorer.desk.packs))
        self._draw([cohort])

    def _compare(self, _: Any) -> None:
        first, second = self.first.value, self.second.value
        explorer = self.explorer

        def told() -> None:
            period = explorer.chosen[1] if explorer.chosen else None
            self.compared.value = str(panels.verdict(explorer.answered, explorer.compare(first, second, period)))

        if self._tried(told):
            self._draw([first, second])

    def _pin(self, _: Any) -> None:
        kinds = [kind for kind, control in self.kinds.items() if control.value]
        if self._tried(lambda: self.explorer.pin(self.pin_name.value, kinds)):
            self.pin_name.value = ""
            self._list_pins()

    def _list_pins(self) -> None:
        lines = []
        for pin in self.explorer.pins:
            remove = controls.button(self.say("Remove {name}", name=pin.name))
            remove.on_click(lambda _, id=pin.id: self._unpin(id))
            lines.append(
                widgets.HBox(
                    [widgets.HTML(str(Markup("<b>{}</b>: {}").format(pin.name, ", ".join(pin.packs)))), remove]
                )
            )
        self.pins.children = lines

    def _unpin(self, id: str) -> None:
        self.explorer.unpin(id)
        self._list_pins()

    def _tried(self, act: Any) -> bool:
        """Whether it could be done; if not, the reason is shown and nothing else changes."""
        try:
            act()
        except (CsworkbenchError, ValueError) as error:
            self.alert.value = str(panels.alert(str(error)))
            return False
        self.alert.value = ""
        return True
