from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from quarterly_company import AS_OF, company, snapshot

from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.revenue import nnmrr
from csworkbench.models.forecasts.forecast import forecast
from csworkbench.models.forecasts.forecast_errors import actuals, recomputed_errors, score_forecasts
from csworkbench.models.forecasts.forecaster import Forecaster
from csworkbench.models.forecasts.sealed import seal, sealed_forecasts
from csworkbench.models.panel import build_panel

MONEY = ("nnmrr", "churn", "contraction", "expansion", "mrr_close")
EARLIER = date(2025, 9, 30)


def forecaster_of(tables: dict[str, pd.DataFrame], until: date = AS_OF) -> Forecaster:
    given = snapshot(tables)
    return Forecaster(given, build_panel(given, until))


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return company()


@pytest.fixture(scope="module")
def forecaster(tables: dict[str, pd.DataFrame]) -> Forecaster:
    return forecaster_of(tables)


@pytest.fixture(scope="module")
def made(forecaster: Forecaster) -> pd.DataFrame:
    return forecast(forecaster, AS_OF)


def test_the_quarter_is_the_one_that_begins_after_the_day(made: pd.DataFrame) -> None:
    assert set(made["quarter"]) == {"2026Q1"}


def test_the_expectation_lies_in_its_interval(made: pd.DataFrame) -> None:
    assert ((made["low"] <= made["expected"]) & (made["expected"] <= made["high"])).all()


@pytest.mark.parametrize("kind", ["segment", "csm"])
def test_expectations_of_the_parts_add_up_to_the_company(made: pd.DataFrame, kind: str) -> None:
    money = made[made["measure"].isin(MONEY)]
    total = money[money["owner_kind"] == "all"].set_index("measure")["expected"]
    parts = money[money["owner_kind"] == kind].groupby("measure")["expected"].sum()
    assert parts[total.index].to_numpy() == pytest.approx(total.to_numpy())
    assert money[money["owner_kind"] == kind].groupby("owner")["n_accounts"].first().sum() == money["n_accounts"].max()


def test_measures_agree_with_each_other(made: pd.DataFrame) -> None:
    of = made[made["owner_kind"] == "all"].set_index("measure")["expected"]
    opened = of["mrr_close"] - of["nnmrr"]
    assert of["nnmrr"] == pytest.approx(of["expansion"] - of["contraction"] - of["churn"])
    assert of["grr"] == pytest.approx(1 - (of["churn"] + of["contraction"]) / opened)
    assert of["nrr"] == pytest.approx(of["mrr_close"] / opened)


def test_another_currency_gives_the_same_forecast_in_that_currency(made: pd.DataFrame) -> None:
    scaled = forecast(forecaster_of(company(factor=100)), AS_OF)
    factor = made["measure"].isin(MONEY).map({True: 100.0, False: 1.0})
    for column in ("expected", "low", "high"):
        assert scaled[column].to_numpy() == pytest.approx((made[column] * factor).to_numpy())


def test_the_order_of_rows_does_not_matter(tables: dict[str, pd.DataFrame], made: pd.DataFrame) -> None:
    mixed = {name: frame.sample(frac=1, random_state=5) for name, frame in tables.items()}
    pd.testing.assert_frame_equal(forecast(forecaster_of(mixed), AS_OF), made)


def test_what_happens_after_the_day_changes_nothing(tables: dict[str, pd.DataFrame], forecaster: Forecaster) -> None:
    then = forecast(forecaster, EARLIER)
    items = tables["subscriptions"]
    cut = items[items["starts_on"] <= EARLIER].copy()
    known = cut["decided_on"].fillna(cut["ends_on"])
    cut.loc[pd.to_datetime(known) > pd.Timestamp(EARLIER), ["ends_on", "decided_on"]] = None
    before = forecast(forecaster_of({**tables, "subscriptions": cut}, EARLIER), EARLIER)
    pd.testing.assert_frame_equal(then, before)


def test_an_end_that_is_already_decided_is_certain() -> None:
    tables = company()
    items = tables["subscriptions"]
    open_item = items.index[items["ends_on"].isna()][0]
    tables["subscriptions"] = items.astype({"ends_on": object, "decided_on": object})
    tables["subscriptions"].loc[open_item, ["ends_on", "decided_on"]] = [date(2026, 2, 1), date(2025, 12, 1)]
    ahead = forecaster_of(tables).ahead(AS_OF)
    place = ahead.accounts["account_id"].tolist().index(str(items.loc[open_item, "account_id"]))
    assert ahead.certain[:, place].tolist() == [float(items.loc[open_item, "mrr"]), 0.0, 0.0]
    assert not ahead.open[place]


def test_without_enough_leavers_the_reason_is_said() -> None:
    few = company(n=12, seed=1)
    items = few["subscriptions"]
    few["subscriptions"] = items[items["decided_on"].isna()]
    assert "accounts ever left" in forecaster_of(few).reason_against(AS_OF)


def test_a_day_inside_a_quarter_has_no_forecast(forecaster: Forecaster) -> None:
    assert "is not the last day of a quarter" in forecaster.reason_against(date(2025, 11, 30))


def test_actuals_are_the_movements_of_the_quarter(forecaster: Forecaster) -> None:
    quarter = Quarter.parse("2025Q4")
    came = actuals(forecaster.snapshot, quarter, AS_OF)
    measured = nnmrr(forecaster.snapshot.as_of(AS_OF), quarter.opening, quarter.closing, by="segment")
    of = came[came["owner_kind"] == "segment"].pivot(index="owner", columns="measure", values="actual")
    for column in ("nnmrr", "churn", "contraction", "expansion"):
        assert of[column].tolist() == pytest.approx(measured.set_index("owner")[column][of.index].tolist())


def test_a_sealed_forecast_is_scored_like_the_one_recomputed(
    forecaster: Forecaster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("forecasts")
    seal(forecast(forecaster, EARLIER), folder, EARLIER, "data", "1.0")
    seal(forecast(forecaster, AS_OF), folder, AS_OF, "data", "1.0")
    scored = score_forecasts(sealed_forecasts(folder).forecasts, forecaster.snapshot, AS_OF)
    again = recomputed_errors(forecaster, AS_OF, n_quarters=1)
    assert set(scored["quarter"]) == {"2025Q4"}
    assert (scored["source"].unique().tolist(), again["source"].unique().tolist()) == (["sealed"], ["recomputed"])
    pd.testing.assert_frame_equal(scored.drop(columns="source"), again.drop(columns="source"))
    assert scored["error"].to_numpy() == pytest.approx((scored["actual"] - scored["expected"]).to_numpy())
    assert (scored["inside"] == scored["actual"].between(scored["low"], scored["high"])).all()
    assert (scored["restated"] == 0).all()


def test_a_past_that_came_in_late_is_flagged_with_the_money_it_moved(
    tables: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("forecasts")
    items = tables["subscriptions"]
    late = items.iloc[:1].assign(
        subscription_id="late",
        starts_on=date(2025, 9, 1),
        ends_on=None,
        decided_on=None,
        mrr=500.0,
        recorded_at=date(2025, 10, 20),
    )
    told = {**tables, "subscriptions": pd.concat([items, late.astype(items.dtypes.to_dict())], ignore_index=True)}
    with_late = forecaster_of(told)
    seal(forecast(with_late, EARLIER), folder, EARLIER, "data", "1.0")
    scored = score_forecasts(sealed_forecasts(folder).forecasts, with_late.snapshot, AS_OF)
    assert scored.loc[scored["owner_kind"] == "all", "restated"].tolist() == pytest.approx([500.0] * 7)
