"""A quarter of the sample company measured in PostgreSQL: every frame as from the embedded engine."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbench.data.settings import Engine
from csworkbench.data.warehouse import open_warehouse
from csworkbench.data.workspace import open_workspace
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.quarter import measure_quarter
from csworkbench.metrics.team.quarter import measure_team

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.xdist_group("postgres")]

ON_POSTGRES = Engine.model_validate({"kind": "postgres", "url_env": "TEST_POSTGRES", "schema": "sample"})


def test_a_quarter_of_the_sample_is_the_same_to_the_last_digit(postgres, sample, monkeypatch):
    snapshot = open_workspace(sample).snapshot()
    postgres.upload(snapshot, "sample")
    monkeypatch.setenv("TEST_POSTGRES", postgres.url("reader"))
    settings = snapshot.settings.model_copy(update={"engine": ON_POSTGRES})
    quarter = Quarter.parse("2026Q3")
    expected = measure_quarter(snapshot.as_of(quarter.closing), quarter)
    actual = measure_quarter(open_warehouse(settings).snapshot().as_of(quarter.closing), quarter)
    assert list(actual.frames) == list(expected.frames)
    assert len(expected.frames) > 15
    loading = ["dropped", "dropped_rules", "tolerated"]
    for name, frame in expected.frames.items():
        unwanted = loading if name == "freshness" else []
        found = actual.frame(name).drop(columns=unwanted)
        pd.testing.assert_frame_equal(found, frame.drop(columns=unwanted), check_exact=True, obj=name)
    team = measure_team(snapshot.as_of(quarter.closing), expected)
    same = measure_team(open_warehouse(settings).snapshot().as_of(quarter.closing), actual)
    assert len(team.frames) > 15
    for name, frame in team.frames.items():
        pd.testing.assert_frame_equal(same.frame(name), frame, check_exact=True, obj=name)
