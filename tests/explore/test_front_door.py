"""What an analyst finds within two dots of the front door: names that complete, and words for Shift-Tab."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

import csworkbench as cs
from csworkbench.explore import Desk
from csworkbench.explore.book import Book
from csworkbench.explore.cohorts import CohortExplorer
from csworkbench.explore.journeys import JourneyExplorer
from csworkbench.explore.metric import Metric
from csworkbench.explore.what_if import WhatIf
from csworkbench.metrics.questions import Answer, Population, Question
from csworkbench.story.answered import Answered

pytestmark = pytest.mark.xdist_group("explore")

SEEN = (
    cs.Workspace,
    cs.View,
    cs.Snapshot,
    Desk,
    CohortExplorer,
    JourneyExplorer,
    WhatIf,
    Book,
    Metric,
    Answered,
    Answer,
    Population,
    Question,
)


def public(kind: type) -> Iterator[tuple[str, Any]]:
    """The methods and properties of a class that completion offers."""
    for name in dir(kind):
        member = inspect.getattr_static(kind, name)
        if not name.startswith("_") and (callable(member) or hasattr(member, "__get__")):
            yield name, getattr(member, "__wrapped__", getattr(member, "fget", getattr(member, "func", member)))


@pytest.mark.parametrize("kind", SEEN, ids=lambda kind: kind.__name__)
def test_everything_within_two_dots_has_words_for_shift_tab(kind: type) -> None:
    assert inspect.getdoc(kind)
    silent = [name for name, member in public(kind) if not inspect.getdoc(member)]
    assert silent == []


def test_the_front_door_completes_and_explains_itself() -> None:
    assert {"open_workspace", "open_desk", "metrics", "View"} <= set(dir(cs))
    for name in cs.__all__:
        assert name == "__version__" or inspect.getdoc(getattr(cs, name)), name
    with pytest.raises(AttributeError, match="no attribute"):
        cs.open_workspce  # noqa: B018


def test_what_is_opened_completes_on_the_object_itself(desk: Desk) -> None:
    assert {"ask", "compare", "accounts", "cohorts", "journey", "what_if", "book", "metric"} <= set(dir(cs.open_desk()))
    view = desk.workspace.as_of("2026-09-30")
    assert {"sql", "table", "tables", "has"} <= set(dir(view))
    answered = desk.ask(by="segment")
    assert {"cells", "whole", "title"} <= set(dir(answered))
    assert list(answered.cells.columns[:3]) == ["cohort", "period", "n"]
