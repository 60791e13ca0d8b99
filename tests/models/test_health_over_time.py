from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from places import ROOT

from csworkbench.data.workspace import open_workspace
from csworkbench.models.health_over_time import health_on
from csworkbench.models.panel import build_panel
from csworkbench.models.trial.weighted import weighted_health

DAYS = [date(2026, 3, 31), date(2025, 12, 31), date(2026, 6, 30)]


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
