"""What an output holds for programs other than JupyterLab, such as VS Code, which know widgets by their MIME type."""

from __future__ import annotations

import re

import pytest
from places import ROOT

from csworkbench.explore import Desk, display
from csworkbench.explore.grid import Grid

pytestmark = pytest.mark.xdist_group("explore")

WIDGET = "application/vnd.jupyter.widget-view+json"


def test_an_explorer_is_a_plain_jupyter_widget_with_its_static_answer_beside_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "somebody_there", lambda: True)
    for explorer in (desk.cohorts("anywhere"), desk.journey("anywhere")):
        bundle = explorer._repr_mimebundle_()
        assert set(bundle) == {WIDGET, "text/html", "text/plain"}
        assert bundle["text/html"].startswith("<figure") and bundle[WIDGET]["version_major"] == 2
    monkeypatch.setattr(display, "somebody_there", lambda: False)
    assert set(desk.cohorts("anywhere")._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_the_grid_brings_its_own_script_and_asks_nothing_of_jupyterlab() -> None:
    state = Grid().get_state()
    assert state["_model_module"] == state["_view_module"] == "anywidget"
    script = (ROOT / "csworkbench" / "explore" / "grid.js").read_text("utf-8")
    assert state["_esm"] == script and not re.search(r"\bimport\b|https?:|require\(|jupyterlab", script)


def test_csworkbench_installs_no_extension_of_jupyterlab() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert "labextension" not in text and "nbextension" not in text
    assert "anywidget" in text and "ipywidgets" in text
