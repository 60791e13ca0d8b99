"""The small company that story tests share, and what a drawing says in words."""

from __future__ import annotations

import pytest
from small_quarter import small_measures

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.charts.lettering import Lettering


@pytest.fixture
def measures() -> QuarterMeasures:
    """2026Q3 of a company of 13 accounts; see small_quarter.py."""
    return small_measures()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that drawings write from now on; in the pictures themselves words are outlines."""
    words: list[str] = []
    write = Lettering.write

    def recorded(self: Lettering, x: float, y: float, text: str, *rest: object, **how: object) -> None:
        words.append(text)
        write(self, x, y, text, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Lettering, "write", recorded)
    return words
