from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from places import ROOT

from csworkbench.data.settings import Health
from csworkbench.data.workspace import open_workspace
from csworkbench.models.health_over_time import health_on
from csworkbench.models.panel import build_panel
from csworkbench.models.trial.weighted import part_of, weighted_health

DAYS = [date(2026, 3, 31), date(2025, 12, 31), date(2023, 9, 30), date(2026, 6, 30)]


@pytest.mark.slow
def test_health_of_a_past_day_is_what_would_have_been_scored_then() -> None:
    snapshot = open_workspace(ROOT / "data" / "sample").snapshot()
    found = health_on(snapshot, DAYS).set_index(["closing", "account_id"])["health"]
    for day in DAYS:
        now = build_panel(snapshot, day, 1).now
        then = weighted_health(now, snapshot.settings.health)["score"].set_axis(now["account_id"])
        pd.testing.assert_series_equal(
            found.loc[pd.Timestamp(day)].sort_index(), then.sort_index(), check_names=False, check_index_type=False
        )
    assert health_on(snapshot, []).empty


@pytest.mark.slow
@pytest.mark.parametrize("part", ["payment", "onboarding", "silence"])
def test_a_score_of_one_part_needs_only_the_tables_of_that_part(part: str) -> None:
    whole = open_workspace(ROOT / "data" / "sample").snapshot()
    settings = whole.settings.model_copy(update={"health": Health(weights={part: 1.0})})
    snapshot = replace(whole, settings=settings)
    now = build_panel(snapshot, DAYS[0], 1).now
    then = part_of(now, part).set_axis(now["account_id"])
    found = health_on(snapshot, DAYS[:1]).set_index("account_id")["health"]
    pd.testing.assert_series_equal(found.sort_index(), then.sort_index(), check_names=False, check_index_type=False)
