"""The transparent score: by hand, and what is missing never counts as zero."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.data.settings import Health, parse_settings
from csworkbench.errors import SettingsError
from csworkbench.models.trial.weighted import PARTS, band_of, is_best, weighted_health

HEALTH = Health(weights={"adoption": 0.5, "support": 0.3, "champion": 0.2})


def rows(**features: list[float]) -> pd.DataFrame:
    return pd.DataFrame(features, dtype="float64")


def test_the_mean_of_three_parts_by_hand():
    found = weighted_health(rows(seat_utilisation=[0.6], tickets_90d=[2], champion_left_180d=[1]), HEALTH).iloc[0]
    assert found["score"] == pytest.approx(0.5 * 60 + 0.3 * 80 + 0.2 * 0)
    assert (found["coverage"], found["band"]) == (1, "yellow")


def test_a_missing_part_lowers_coverage_and_leaves_the_mean_of_the_others():
    found = weighted_health(rows(seat_utilisation=[0.6, np.nan], tickets_90d=[2, np.nan]), HEALTH)
    assert found["score"].iloc[0] == pytest.approx((0.5 * 60 + 0.3 * 80) / 0.8)
    assert found["coverage"].tolist() == pytest.approx([0.8, 0])
    assert np.isnan(found["score"].iloc[1])
    assert found["band"].isna().tolist() == [False, True]


@given(
    st.dictionaries(
        st.sampled_from(["seat_utilisation", "tickets_90d", "champion_left_180d"]), st.floats(0, 1) | st.none()
    ),
)
def test_scores_stay_within_the_best_and_the_worst_part(features):
    frame = pd.DataFrame({name: [value] for name, value in features.items()}, index=[0], dtype="float64")
    found = weighted_health(frame, HEALTH).iloc[0]
    assert 0 <= found["coverage"] <= 1
    assert np.isnan(found["score"]) == (found["coverage"] == 0)
    assert np.isnan(found["score"]) or 0 <= found["score"] <= 100


PARTS_BY_HAND = {
    "adoption": ({"seat_utilisation": 1.2}, 100),
    "usage_trend": ({"usage_trend_3m": 0.75}, 50),
    "silence": ({"days_silent": 15}, 75),
    "support": ({"tickets_90d": 20}, 0),
    "satisfaction": ({"nps_last": 9, "nps_age_days": 10, "csat_90d": 3}, 70),
    "champion": ({"champion_left_180d": 0}, 100),
    "payment": ({"failed_payments_90d": 1, "overdue_invoices": 0}, 50),
    "onboarding": ({"stuck": 1}, 0),
    "engagement": ({"touches_90d": 3}, 100),
}


@pytest.mark.parametrize("part", PARTS_BY_HAND)
def test_every_part_by_hand(part):
    features, expected = PARTS_BY_HAND[part]
    frame = rows(**{name: [value] for name, value in features.items()})
    found = weighted_health(frame, Health(weights={part: 1}))
    assert found["score"].iloc[0] == pytest.approx(expected)
    assert set(PARTS) == set(PARTS_BY_HAND)


def test_an_old_answer_is_no_answer():
    found = weighted_health(rows(nps_last=[2.0], nps_age_days=[400.0]), Health(weights={"satisfaction": 1}))
    assert np.isnan(found["score"].iloc[0])


def test_bands_begin_at_their_bound():
    bands = {"green": 75.0, "red": 0.0, "yellow": 50.0}
    found = band_of(pd.Series([75, 74.9, 50, 0, np.nan]), bands)
    assert found.fillna("-").tolist() == ["green", "yellow", "yellow", "red", "-"]
    assert is_best(found, bands).tolist() == [True, False, False, False, pd.NA]


def test_weights_come_from_the_workspace_and_an_unknown_part_is_refused():
    text = '[company]\nname = "A"\n[health.weights]\n'
    assert parse_settings(f"{text}support = 2\n").health.weights == {"support": 2}
    with pytest.raises(SettingsError, match="adoption"):
        parse_settings(f"{text}adoptoin = 2\n")
