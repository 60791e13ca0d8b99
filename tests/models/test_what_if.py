from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from csworkbench.data.workspace import Workspace
from csworkbench.errors import CsworkbenchError
from csworkbench.models.forecasts.forecast import forecast
from csworkbench.models.forecasts.forecaster import Forecaster
from csworkbench.models.forecasts.what_if import AS_IS, CHANGED, Change, moved_rows, what_if
from csworkbench.models.leaving.hazard import Hazard
from csworkbench.models.parts import Parts

# One worker loads the sample.
pytestmark = pytest.mark.xdist_group("sample")

AS_OF = date(2026, 9, 30)


@pytest.fixture(scope="module")
def fitted(opened: Workspace) -> tuple[Forecaster, Hazard]:
    parts = Parts(opened.snapshot(), AS_OF)
    assert parts.hazard is not None
    return Forecaster(parts.snapshot, parts.panel), parts.hazard


def wide(found: pd.DataFrame, variant: str, measure: str) -> pd.Series:
    rows = found[(found["variant"] == variant) & (found["measure"] == measure)]
    return rows.set_index("quarter")["expected"]


def test_the_first_quarter_as_it_is_is_the_forecast(fitted: tuple[Forecaster, Hazard]) -> None:
    said = forecast(fitted[0], AS_OF)
    company = said[said["owner_kind"] == "all"].set_index("measure")["expected"]
    found = what_if(*fitted, AS_OF, Change())
    for measure in ("grr", "nrr", "nnmrr"):
        assert wide(found, AS_IS, measure).iloc[0] == pytest.approx(company[measure])


def test_nothing_moved_moves_nothing(fitted: tuple[Forecaster, Hazard]) -> None:
    found = what_if(*fitted, AS_OF, Change())
    same = [found[found["variant"] == name].drop(columns="variant").reset_index(drop=True) for name in (AS_IS, CHANGED)]
    pd.testing.assert_frame_equal(*same)
    assert (found["low"] <= found["expected"]).all() and (found["expected"] <= found["high"]).all()


def test_losses_all_averted_of_everybody_leave_only_contraction(fitted: tuple[Forecaster, Hazard]) -> None:
    half, whole = (what_if(*fitted, AS_OF, Change(saved=share, n_saved=1000)) for share in (0.5, 1.0))
    base, some, every = wide(half, AS_IS, "grr"), wide(half, CHANGED, "grr"), wide(whole, CHANGED, "grr")
    assert (base < some).all() and (some < every).all() and (every <= 1).all()
    ahead = fitted[0].ahead(AS_OF)
    contraction = (ahead.expected.sum(axis=1)[1]) / ahead.accounts["mrr"].sum()
    leaving = ahead.certain[0].sum() / ahead.accounts["mrr"].sum()
    assert every.iloc[0] == pytest.approx(1 - contraction - leaving, abs=5e-4)


def test_a_price_rise_pays_at_renewals_only(fitted: tuple[Forecaster, Hazard]) -> None:
    found = what_if(*fitted, AS_OF, Change(price=0.10))
    gained = wide(found, CHANGED, "nnmrr") - wide(found, AS_IS, "nnmrr")
    rows = fitted[0].panel.now
    due = rows[(rows["months_to_renewal"] <= 3) | (rows["billing_months"] <= 3)]
    assert 0 < gained.iloc[0] <= 0.10 * due["mrr"].sum() + 1


def test_shares_of_use_stop_at_one_and_what_is_not_measured_stays_so() -> None:
    rows = pd.DataFrame({"seat_utilisation": [0.8, None], "users_per_seat": [0.8, None], "usage_vs_peak": [0.5, 1.0]})
    moved = moved_rows(rows, Change(usage=0.5), 60)
    assert moved["seat_utilisation"].to_list()[0] == 1.0 and moved["users_per_seat"].to_list()[0] == pytest.approx(1.2)
    assert moved["seat_utilisation"].isna().to_list() == [False, True] and moved["usage_vs_peak"].to_list() == [
        0.75,
        1.0,
    ]


def test_faster_onboarding_touches_only_accounts_before_first_value() -> None:
    rows = pd.DataFrame(
        {"first_value_reached": [0, 1, 0], "days_since_milestone": [70.0, 70.0, 5.0], "stuck": [1, 1, 0]}
    )
    moved = moved_rows(rows, Change(onboarding_days=10), 60)
    assert moved["days_since_milestone"].to_list() == [60, 70, 0] and moved["stuck"].to_list() == [0, 1, 0]


@pytest.mark.parametrize(
    "wrong", [{"usage": 3.0}, {"price": -0.9}, {"saved": 1.1}, {"onboarding_days": -1}, {"n_saved": 0}]
)
def test_a_change_out_of_range_is_refused_with_its_range(wrong: dict[str, float]) -> None:
    with pytest.raises(CsworkbenchError, match="It lies from"):
        Change(**wrong)  # type: ignore[arg-type]
