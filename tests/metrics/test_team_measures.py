"""All measures of the team at once: the sample, what is absent, the past, keeping, and the KPI tree."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_company import SETTINGS, company, view_of

from csworkbench.errors import CsworkbenchError, UnknownName
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.metrics.quarter import measure_quarter
from csworkbench.metrics.revenue import gross_revenue_retention
from csworkbench.metrics.team.definitions import KNOWN, TEAM_DEFINITIONS
from csworkbench.metrics.team.frames import FRAMES
from csworkbench.metrics.team.kpis import PARENTS, level
from csworkbench.metrics.team.measures import TeamMeasures, load_team
from csworkbench.metrics.team.quarter import measure_team
from csworkbench.story.sample import sample_measures, sample_view

# One worker loads and measures the sample.
pytestmark = pytest.mark.xdist_group("sample")

Q1 = Quarter.parse("2026Q1")
Q3 = Quarter.parse("2026Q3")


@pytest.fixture(scope="module")
def measured() -> tuple[QuarterMeasures, TeamMeasures]:
    measures = sample_measures("2026Q3")
    return measures, measure_team(sample_view("2026Q3"), measures)


def test_of_the_sample_every_frame_can_be_made(measured: tuple[QuarterMeasures, TeamMeasures]) -> None:
    _, team = measured
    assert team.absent == {}
    assert all(len(team.frame(name)) for name in FRAMES)


def test_what_was_saved_is_what_is_loaded(measured: tuple[QuarterMeasures, TeamMeasures], tmp_path: Path) -> None:
    _, team = measured
    again = load_team(team.save(tmp_path / "team"))
    assert again.absent == dict(team.absent)
    for name, frame in team.frames.items():
        pd.testing.assert_frame_equal(again.frame(name), frame)


def test_a_folder_that_holds_nothing_and_a_frame_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CsworkbenchError, match="holds no measures of a team"):
        load_team(tmp_path)
    with pytest.raises(UnknownName, match='Did you mean "effects"'):
        TeamMeasures({}, {}).frame("efects")
    with pytest.raises(CsworkbenchError, match="milestones is missing"):
        TeamMeasures({}, {"steps": ("milestones",)}).frame("steps")
    (tmp_path / "team.json").write_text('{"format": 0}')
    with pytest.raises(CsworkbenchError, match="another version"):
        load_team(tmp_path)


@pytest.mark.parametrize("gone", ["assignments", "csms", "milestones", "usage"])
def test_without_a_table_the_rest_is_measured_and_the_absent_say_which(gone: str) -> None:
    tables = {name: frame for name, frame in company(14).items() if name != gone}
    view = view_of("2026-03-31", tables)
    team = measure_team(view, measure_quarter(view, Q1))
    never = {"activities", "changes", "competencies", "interviews", "trainings"}
    assert all(set(missing) <= {gone, *never} for missing in team.absent.values())
    assert set(team.frames) | set(team.absent) == set(FRAMES)
    assert ("effects" in team.absent) is (gone == "assignments")


def test_effects_of_the_sample_sum_to_zero_and_are_drawn_in(measured: tuple[QuarterMeasures, TeamMeasures]) -> None:
    found = measured[1].frame("effects")
    for measure in ("nnmrr", "grr", "adoption"):
        rows = found[found["measure"] == measure]
        assert (rows["effect"] * rows["weight"]).sum() == pytest.approx(0, abs=1e-6 * rows["weight"].sum())
    known = found.dropna(subset=["shrunk"])
    assert (known["shrunk"].abs() <= known["effect"].abs() + 1e-12).all()
    assert known["n"].min() >= 5


def test_rows_after_the_quarter_and_the_order_of_rows_change_nothing() -> None:
    tables = company(16, seed=9)
    generator = np.random.default_rng(1)
    mixed = {name: frame.iloc[generator.permutation(len(frame))] for name, frame in tables.items()}
    then = view_of(Q1.closing, tables)
    expected = measure_team(then, measure_quarter(then, Q1))
    later = {**mixed, "assignments": pd.concat([mixed["assignments"], _assigned("0001", "c1", date(2026, 4, 1))])}
    view = view_of(Q1.closing, later)
    found = measure_team(view, measure_quarter(view, Q1))
    for name, frame in expected.frames.items():
        pd.testing.assert_frame_equal(found.frame(name), frame, obj=name)


def _assigned(account_id: str, csm_id: str, day: date) -> pd.DataFrame:
    row = {"account_id": account_id, "csm_id": csm_id, "role": "main", "starts_on": day.isoformat(), "ends_on": None}
    return pd.DataFrame([row])


def test_the_tree_has_one_root_and_every_kpi_hangs_on_one_above_it(
    measured: tuple[QuarterMeasures, TeamMeasures],
) -> None:
    assert [kpi for kpi, parent in PARENTS.items() if not parent] == ["mrr_close"]
    assert all(parent in PARENTS for parent in PARENTS.values() if parent)
    assert (level("mrr_close"), level("nnmrr"), level("grr"), level("logo_churn")) == (0, 1, 2, 3)
    found = measured[1].frame("kpis")
    assert set(found["kpi"]) <= set(PARENTS)
    assert not found.duplicated(["kpi", "owner"]).any()


def test_actuals_of_the_tree_are_those_of_the_other_packs(measured: tuple[QuarterMeasures, TeamMeasures]) -> None:
    measures, team = measured
    kpis = team.frame("kpis").set_index(["kpi", "owner"])
    trend = measures.frame("mrr_trend").set_index(["quarter", "segment"])
    for kpi in ("mrr_close", "new", "expansion", "churn", "grr", "nrr", "logo_churn"):
        assert kpis.loc[(kpi, "company"), "actual"] == trend.loc[("2026Q3", "all"), kpi]
        assert kpis.loc[(kpi, "SMB"), "before"] == trend.loc[("2026Q2", "SMB"), kpi]
    targets = measures.frame("targets").set_index(["kpi", "owner", "period"])["target"]
    assert kpis.loc[("grr", "M01"), "target"] == targets[("grr", "M01", "2026Q3")]
    moved = measures.frame("movements").query("quarter == '2026Q3' and csm_id == 'M01'")
    assert kpis.loc[("grr", "M01"), "actual"] == gross_revenue_retention(moved)
    nnmrr = measures.frame("nnmrr").query("quarter == '2026Q3'").set_index("owner")["nnmrr"]
    assert kpis.loc[("nnmrr", "M01"), "actual"] == nnmrr["M01"]


def test_a_csm_with_four_accounts_has_no_rate_in_the_tree() -> None:
    tables = company(30)
    few = [_assigned(f"{at:04d}", "small" if at < 4 else "large", date(2024, 1, 1)) for at in range(30)]
    tables["assignments"] = pd.concat(few)
    view = view_of("2026-03-31", tables)
    measures = measure_quarter(view, Q1)
    kpis = measure_team(view, measures).frame("kpis").set_index(["kpi", "owner"]).sort_index()
    opened = measures.frame("movements").query("quarter == '2026Q1' and mrr_open > 0")["csm_id"].value_counts()
    assert opened["small"] < 5 <= opened["large"]
    assert ("grr", "small") not in kpis.index
    assert ("grr", "large") in kpis.index


def test_every_measure_of_the_team_is_defined_with_a_version_and_a_source() -> None:
    assert all(one.version >= 1 and one.formula and one.source for one in TEAM_DEFINITIONS.values())
    assert set(TEAM_DEFINITIONS) < set(KNOWN)
    assert "[team]" not in SETTINGS
