from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_company import SETTINGS, accounts, company, items, view_of

from csworkbench.errors import CsworkbenchError, UnknownName
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.definitions import DEFINITIONS, OF_BUSINESS, OF_SCORES
from csworkbench.metrics.frames import FRAMES, empty
from csworkbench.metrics.quarter import QuarterMeasures, load_measures, measure_quarter

pytestmark = pytest.mark.xdist_group("measures")

QUARTER, AS_OF = Quarter.parse("2026Q1"), date(2026, 3, 31)
MOVES = ["mrr_open", "new", "expansion", "contraction", "churn", "reactivation", "mrr_close"]
# what a later export may bring: the day of each table, and the columns that are dates
DATED = {
    "subscriptions": ["starts_on", "ends_on", "renews_on", "decided_on", "recorded_at"],
    "usage": ["day"],
    "tickets": ["opened_at", "first_response_at", "resolved_at"],
    "surveys": ["answered_on"],
    "contacts": ["joined_on", "departed_on"],
    "assignments": ["starts_on", "ends_on"],
    "opportunities": ["created_on", "due_on", "closed_on"],
    "milestones": ["reached_on"],
    "invoices": ["issued_on", "due_on", "paid_on"],
}


@cache
def measured() -> QuarterMeasures:
    return measure_quarter(view_of(AS_OF, company()), QUARTER)


def same(left: QuarterMeasures, right: QuarterMeasures) -> None:
    assert set(left.frames) == set(right.frames)
    for name, frame in left.frames.items():
        pd.testing.assert_frame_equal(frame, right.frames[name], obj=name)


def test_every_frame_has_its_columns_types_and_rows() -> None:
    assert set(measured().frames) == set(FRAMES)
    assert not measured().absent
    for name, frame in measured().frames.items():
        assert {column: str(type_) for column, type_ in frame.dtypes.items()} == dict(FRAMES[name]), name
        assert len(frame), name


def test_every_frame_has_one_row_per_key() -> None:
    keys = {
        "accounts": ["account_id"],
        "movements": ["quarter", "account_id"],
        "mrr_trend": ["quarter", "segment"],
        "nnmrr": ["quarter", "owner_kind", "owner"],
        "cohorts": ["segment", "unit", "rule", "cohort", "period"],
        "adoption": ["quarter", "account_id"],
        "adoption_bands": ["quarter", "segment", "band"],
        "journey": ["account_id", "step"],
        "journey_steps": ["segment", "step"],
        "time_to_value": ["segment"],
        "renewal_rates": ["quarter", "segment"],
        "service": ["quarter", "segment"],
        "attention": ["account_id"],
        "freshness": ["table"],
    }
    for name, key in keys.items():
        assert not measured().frame(name).duplicated(key).any(), name


def test_tables_that_are_not_there_are_named_and_the_rest_is_measured() -> None:
    tables = {name: frame for name, frame in company().items() if name in ("accounts", "subscriptions")}
    few = measure_quarter(view_of(AS_OF, tables), QUARTER)
    assert few.absent["adoption"] == ("usage",)
    assert few.absent["time_to_value"] == ("milestones",)
    assert few.absent["say_do"] == ("surveys", "usage")
    assert set(few.frames) | set(few.absent) == set(FRAMES)
    pd.testing.assert_frame_equal(
        few.frame("movements").drop(columns="csm_id"), measured().frame("movements").drop(columns="csm_id")
    )
    assert few.frame("accounts")[["usage_90d", "nps", "stuck", "champion_left", "tickets_open"]].isna().all().all()
    with pytest.raises(CsworkbenchError, match="usage"):
        few.frame("adoption")
    with pytest.raises(UnknownName, match="adoption"):
        few.frame("adoptoin")


def test_a_journey_without_first_value_has_no_time_to_value() -> None:
    found = measure_quarter(view_of(AS_OF, company(), SETTINGS.replace("first_value = true", "")), QUARTER)
    assert found.absent == {"time_to_value": ("journey",)}


# Table that is empty → table that is absent at the same time; no frame and no column rests on both, so that neither
# hides what the other does.
BESIDE = {
    "accounts": "targets",
    "subscriptions": "milestones",
    "entitlements": "tickets",
    "usage": "invoices",
    "tickets": "contacts",
    "surveys": "csms",
    "contacts": "surveys",
    "csms": "opportunities",
    "assignments": "milestones",
    "opportunities": "entitlements",
    "milestones": "assignments",
    "invoices": "usage",
    "targets": "contacts",
}


def test_every_table_is_empty_once_and_all_but_accounts_and_subscriptions_are_absent_once() -> None:
    assert set(BESIDE) == set(company())
    assert set(BESIDE.values()) == set(company()) - {"accounts", "subscriptions"}


# the others are judged with the slow tests
SOON = ("subscriptions", "usage", "assignments")
PAIRS = [pytest.param(*pair, marks=() if pair[0] in SOON else pytest.mark.slow) for pair in BESIDE.items()]


@pytest.mark.parametrize(("empty_one", "absent_one"), PAIRS)
def test_any_one_table_may_be_empty_and_any_one_absent(empty_one: str, absent_one: str) -> None:
    tables = {name: frame for name, frame in company(n=12).items() if name != absent_one}
    found = measure_quarter(view_of(AS_OF, {**tables, empty_one: tables[empty_one].iloc[:0]}), QUARTER)
    assert set(found.frames) | set(found.absent) == set(FRAMES)
    if empty_one not in ("accounts", "subscriptions"):
        assert len(found.frame("mrr_trend"))


def test_movements_add_up_and_quarters_join_without_gap() -> None:
    moved = measured().frame("movements")
    change = moved["new"] + moved["expansion"] + moved["reactivation"] - moved["contraction"] - moved["churn"]
    assert (moved["mrr_open"] + change - moved["mrr_close"]).abs().max() < 0.005
    trend = measured().frame("mrr_trend").set_index(["segment", "quarter"]).loc["all"]
    assert trend["mrr_open"].iloc[1:].to_list() == trend["mrr_close"].iloc[:-1].to_list()
    assert trend.index[-1] == "2026Q1"
    assert len(trend) == 8


def test_segments_sum_to_all_in_every_frame_that_has_them() -> None:
    sums = {
        "mrr_trend": (["quarter"], [*MOVES, "n_open", "n_churned", "n_close"]),
        "cohorts": (["unit", "rule", "cohort", "period"], ["n", "n_mature", "value"]),
        "adoption_bands": (["quarter", "band"], ["n_accounts", "mrr"]),
        "journey_steps": (["step"], ["n_eligible", "n_reached", "n_stuck", "mrr_stuck"]),
        "time_to_value": ([], ["n", "n_reached"]),
        "renewal_rates": (["quarter"], ["n_due", "n_renewed", "n_open", "due_mrr", "renewed_mrr"]),
        "service": (["quarter"], ["tickets", "n_nps", "n_csat"]),
    }
    for name, (keys, columns) in sums.items():
        frame = measured().frame(name).assign(whole=0)
        total = frame[frame["segment"] == "all"].groupby([*keys, "whole"])[columns].sum()
        parts = frame[frame["segment"] != "all"].groupby([*keys, "whole"])[columns].sum()
        pd.testing.assert_frame_equal(parts, total, obj=name)


def test_books_of_csms_and_of_segments_sum_to_the_company() -> None:
    books = measured().frame("nnmrr").groupby(["quarter", "owner_kind"])["nnmrr"].sum().unstack()
    assert books["csm"].to_numpy() == pytest.approx(books["all"].to_numpy(), abs=0.005)
    assert books["segment"].to_numpy() == pytest.approx(books["all"].to_numpy(), abs=0.005)


def test_targets_of_months_add_up_to_the_quarter_and_its_own_goes_first() -> None:
    books = measured().frame("nnmrr").set_index(["quarter", "owner"])["target"]
    assert books["2026Q1"]["company"] == 600.0
    assert books["2026Q1"]["c1"] == 50.0
    assert np.isnan(books["2025Q4"]["company"])
    bands = measured().frame("adoption_bands").set_index(["quarter", "segment", "band"])["target_share"]
    assert bands["2026Q1", "all", "high"] == 0.4
    assert bands.notna().sum() == 1


@pytest.mark.parametrize("seed", [3, 4])
def test_neither_the_order_of_rows_nor_rows_after_the_day_change_a_number(seed: int) -> None:
    today, later = company(), company(seed=seed)
    both = dict(today)
    for name, columns in DATED.items():
        more = later[name].copy()
        for column in columns:
            moved = pd.to_datetime(more[column]) + timedelta(days=900)
            more[column] = moved.dt.strftime(
                "%Y-%m-%d %H:%M:%S" if column.endswith("_at") and name == "tickets" else "%Y-%m-%d"
            )
        for key in ("subscription_id", "ticket_id", "opportunity_id", "invoice_id", "contact_id"):
            if key in more:
                more[key] = "later-" + more[key]
        both[name] = pd.concat([today[name], more])
    both = {name: frame.sample(frac=1, random_state=seed) for name, frame in both.items()}
    same(measured(), measure_quarter(view_of(AS_OF, both), QUARTER))


def test_facts_recorded_after_the_day_change_no_number() -> None:
    today = company()
    late = company(seed=5)["subscriptions"].assign(recorded_at="2026-04-01")
    late["subscription_id"] = "late-" + late["subscription_id"]
    both = {**today, "subscriptions": pd.concat([today["subscriptions"], late])}
    same(measured(), measure_quarter(view_of(AS_OF, both), QUARTER))


def test_a_later_view_sees_the_same_quarter_when_nothing_was_recorded_late() -> None:
    tables = company()
    tables["subscriptions"] = tables["subscriptions"].drop(columns=["recorded_at", "decided_on"])
    now = measure_quarter(view_of(AS_OF, tables), QUARTER)
    later = measure_quarter(view_of("2026-05-15", tables), QUARTER)
    for name in ("movements", "mrr_trend", "cohorts"):
        pd.testing.assert_frame_equal(now.frame(name), later.frame(name), obj=name)


def test_a_quarter_that_is_not_over_is_refused() -> None:
    with pytest.raises(CsworkbenchError, match="closes on 2026-03-31"):
        measure_quarter(view_of("2026-03-30", company(n=3)), QUARTER)


def test_quarters_of_another_fiscal_year_are_measured_in_its_own_and_refused_in_a_calendar_year() -> None:
    april = Quarter.parse("2026Q4", fiscal_year_start=4)
    text = SETTINGS.replace('currency = "EUR"', "fiscal_year_start = 4")
    found = measure_quarter(view_of(AS_OF, company(), text), april)
    columns = ["mrr_open", "mrr_close", "churn", "n_open"]
    ours, theirs = found.frame("mrr_trend"), measured().frame("mrr_trend")
    assert ours["quarter"].unique().tolist()[-2:] == ["2026Q3", "2026Q4"]
    pd.testing.assert_frame_equal(ours[columns], theirs[columns])
    with pytest.raises(CsworkbenchError, match="fiscal year from month 4"):
        measure_quarter(view_of(AS_OF, company(n=3)), april)


def test_measures_come_back_as_they_were_saved(tmp_path: Path) -> None:
    folder = measured().save(tmp_path / "marts")
    again = load_measures(folder)
    same(measured(), again)
    assert (again.quarter, again.as_of, again.settings, again.tables) == (
        measured().quarter,
        measured().as_of,
        measured().settings,
        measured().tables,
    )
    assert again.absent == measured().absent
    assert isinstance(again.frame("attention")["reasons"].iloc[0], list)


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = measured().save(tmp_path / "one"), measured().save(tmp_path / "two")
    for file in sorted(first.iterdir()):
        assert file.read_bytes() == (second / file.name).read_bytes(), file.name


def test_a_folder_without_measures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CsworkbenchError, match="holds no measures"):
        load_measures(tmp_path)
    (tmp_path / "measures.json").write_text('{"format": 0}')
    with pytest.raises(CsworkbenchError, match="measure the quarter again"):
        load_measures(tmp_path)


def test_ids_with_leading_zeros_and_hostile_names_stay_as_they_are() -> None:
    odd = ["00123", "12E4", "NA", "None", "a'b;--", "株式会社", "$core"]
    tables = {
        "accounts": accounts(*odd, segment="$day {x} 'y'"),
        "subscriptions": items(*[(name, "2026-01-01", None, 10.0) for name in odd]),
    }
    found = measure_quarter(view_of(AS_OF, tables), QUARTER)
    assert set(found.frame("accounts")["account_id"]) == set(odd)
    assert set(found.frame("mrr_trend")["segment"]) == {"all", "$day {x} 'y'"}


def test_every_empty_frame_has_its_columns() -> None:
    for name, columns in FRAMES.items():
        assert list(empty(name).columns) == list(columns)


def test_every_measure_has_its_definition() -> None:
    assert set(DEFINITIONS) == {
        "mrr",
        "movements",
        "grr",
        "nrr",
        "nnmrr",
        "logo_churn",
        "quick_ratio",
        "renewal_rate",
        "cohort_retention",
        "adoption_index",
        "step_conversion",
        "time_to_value",
        "say_do",
        "attention",
        "nps",
        "csat",
        *OF_SCORES,
        *OF_BUSINESS,
    }
    assert DEFINITIONS["grr"].label == "grr v1"
    assert all(d.formula and d.source and d.unit and d.version >= 1 for d in DEFINITIONS.values())
