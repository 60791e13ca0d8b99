"""A pinned view of health over time is answered by the run, which hands the pins the scores of the models."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from csworkbench.data.workspace import open_workspace
from csworkbench.metrics.book import paid_spans
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.questions import Question
from csworkbench.metrics.questions.pinned import load_pinned
from csworkbench.metrics.questions.pins import Pin, save_pin
from csworkbench.models.health_over_time import health_on
from csworkbench.report.source import PINS, measured
from csworkbench.simulate import simulate

QUARTER = Quarter.parse("2026Q3")
TODAY = date(2030, 1, 1)


def test_a_run_answers_a_pinned_view_of_health_with_the_means_of_those_who_pay(tmp_path: Path) -> None:
    company = tmp_path / "company"
    simulate(company, 60, 14, 6)
    save_pin(company, Pin("health", "Health", Question(measure="health", grain="quarter", periods=40)))
    workspace = open_workspace(company)
    measured(workspace, QUARTER, QUARTER.closing, TODAY).savers[PINS](tmp_path / "pins")
    (pinned,) = load_pinned(tmp_path / "pins", "all")
    assert pinned.reason == ""
    snapshot = workspace.snapshot(TODAY)
    scored = health_on(snapshot, [QUARTER.closing]).dropna().set_index("account_id")["health"]
    starts = paid_spans(snapshot.as_of(QUARTER.closing))["first_paid_on"].reindex(scored.index)
    means = scored.groupby([Quarter.of(day.date()).label for day in starts]).mean()
    last = pinned.cells[pinned.cells["mature"]].groupby("cohort").tail(1).set_index("cohort")["share"].dropna()
    both = means.index.intersection(last.index)
    assert len(both) >= 5
    assert last[both].to_dict() == pytest.approx(means[both].to_dict())
