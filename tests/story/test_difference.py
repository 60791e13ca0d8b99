"""What changed between two packs: numbers, lists, definitions, data and history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_business import small_before, small_business
from small_quarter import frame_of, small_measures, with_frame
from small_scores import score_rows, small_scores, with_scores

from csworkbench.errors import CsworkbenchError
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.account.changes import account_changes
from csworkbench.story.difference.account import account_moved
from csworkbench.story.difference.basis import basis, restated
from csworkbench.story.difference.compare import compare
from csworkbench.story.difference.lists import lists
from csworkbench.story.difference.moved import FORECAST, moved
from csworkbench.story.difference.text import tables
from csworkbench.story.difference.told import Told, load_told, told_of
from csworkbench.story.exhibits.changes import changes, entered_left
from csworkbench.story.exhibits.rests_on import rests_on
from csworkbench.story.language import Language
from csworkbench.story.scene import Scene, scene_of


def now(change: Callable[[QuarterMeasures], QuarterMeasures] = lambda measures: measures) -> Told:
    return told_of(change(small_measures()), small_scores())


def test_a_quarter_does_not_differ_from_itself() -> None:
    found = compare(now(), now())
    assert found.is_empty
    assert (found.frames["moved"]["change"].dropna() == 0).all()


def test_every_measure_is_that_of_its_own_quarter() -> None:
    found = moved(small_before(), now()).set_index("measure")
    assert found.loc["mrr_close", ["old", "new", "change"]].to_list() == [43500.0, 40500.0, -3000.0]
    assert found.loc["n_close", ["old", "new"]].to_list() == [11, 11]
    assert found.loc["band:high", "old"] == pytest.approx(5 / 10)
    assert found.loc["band:high", "new"] == pytest.approx(5 / 10)
    assert (found["change"].dropna() == (found["new"] - found["old"]).dropna()).all()


def test_turned_round_every_change_has_the_other_sign() -> None:
    there = moved(small_before(), now()).set_index("measure")["change"].dropna()
    back = moved(now(), small_before()).set_index("measure")["change"].dropna()
    assert (there == -back[there.index]).all()


def test_rates_of_small_groups_are_not_compared() -> None:
    def small(measures: QuarterMeasures) -> QuarterMeasures:
        return with_frame(measures, "mrr_trend", measures.frame("mrr_trend").assign(n_open=4))

    found = moved(now(small), now(small)).set_index("measure")
    assert found.loc[["nrr", "grr", "logo_churn"], ["old", "new"]].isna().all().all()
    assert found.loc["mrr_close", "new"] == 40500.0


def forecast_of(quarter: str) -> Told:
    rows = [{"owner_kind": "all", "owner": "company", "quarter": quarter, "measure": "nnmrr", "expected": 900.0}]
    rows = [{**row, "low": -400.0, "high": 2200.0} for row in rows]
    return told_of(small_measures(), with_scores(small_scores(), "forecast", rows))


def came(nnmrr: float) -> Told:
    rows = [{"quarter": "2026Q3", "owner_kind": "all", "owner": "company", "nnmrr": nnmrr}]
    return now(lambda measures: with_frame(measures, "nnmrr", frame_of("nnmrr", rows)))


def test_the_forecast_of_the_old_one_stands_beside_what_came() -> None:
    row = moved(forecast_of("2026Q3"), came(-700.0)).set_index("measure").loc[FORECAST]
    assert row[["old", "new", "change", "low", "high"]].to_list() == [900.0, -700.0, -1600.0, -400.0, 2200.0]
    assert FORECAST not in set(moved(forecast_of("2026Q4"), came(-700.0))["measure"])


def test_accounts_enter_and_leave_the_lists_and_those_that_pay_no_more_are_told() -> None:
    found = lists(small_before(), now())
    found = found[found["list"] == "attention"].set_index(["list", "move", "account_id"])
    assert list(found.index) == [("attention", "entered", "m4"), ("attention", "left", "m3")]
    assert found["pays"].to_list() == [True, False]
    assert found["mrr"].to_list() == [4000.0, 6000.0]


def test_of_the_ten_most_at_risk_only_a_change_of_the_ten_counts() -> None:
    rows = [{**row, "money_at_risk": 1.0 if row["account_id"] == "m4" else 10.0} for row in score_rows()]
    other = told_of(small_measures(), with_scores(small_scores(), "scores", rows))
    found = lists(now(), other)
    assert list(found[["list", "move", "account_id"]].itertuples(index=False, name=None)) == [
        ("at_risk", "entered", "s7"), ("at_risk", "left", "m4"),
    ]  # fmt: skip


def test_what_the_numbers_rest_on_is_told_where_it_changed() -> None:
    found = basis(small_before(), now()).set_index(["kind", "what"])
    assert found.loc[("definition", "nrr")].to_list() == ["v0", "v1"]
    assert found.loc[("table", "invoices"), "old"] == "there"
    assert found.loc[("table", "invoices")].isna().to_list() == [False, True]
    assert found.loc[("stale", "usage")].to_list() == ["2026-09-30", "2026-09-30"]
    assert "targets" not in found.loc["stale"].index


def test_another_model_is_told_only_where_both_have_scores() -> None:
    rows = [{**row, "model": "hazard 2"} for row in score_rows()]
    other = told_of(small_measures(), with_scores(small_scores(), "scores", rows))
    assert basis(now(), other).to_numpy().tolist() == [["model", "churn_probability", "hazard 1", "hazard 2"]]
    assert basis(now(), told_of(small_measures())).empty


def test_a_changed_setting_is_named_and_how_things_look_is_not() -> None:
    settings = small_measures().settings
    bands = settings.adoption.model_copy(update={"bands": {"low": 0, "medium": 60, "high": 90}})
    company = settings.company.model_copy(update={"name": "Other"})
    other = settings.model_copy(update={"adoption": bands, "company": company})
    found = basis(now(), now(lambda measures: replace(measures, settings=other)))
    assert found[["kind", "what"]].to_numpy().tolist() == [["setting", "adoption.bands.high"]]
    assert [float(value) for value in found.iloc[0][["old", "new"]]] == [85, 90]


def test_history_told_anew_is_found_with_the_accounts_behind_it() -> None:
    def late(measures: QuarterMeasures) -> QuarterMeasures:
        moves = measures.frame("movements")
        first = (moves["quarter"] == "2026Q2") & (moves["account_id"] == "m1")
        moves = moves.assign(mrr_close=moves["mrr_close"].mask(first, 9500.0))
        return with_frame(measures, "movements", moves)

    found = restated(small_before(), now(late))
    assert found[["quarter", "measure"]].to_numpy().tolist() == [["2026Q2", "mrr_close"]]
    assert found.iloc[0][["old", "new", "n_accounts"]].to_list() == [43500.0, 44000.0, 1]


def test_different_currencies_cannot_be_compared() -> None:
    settings = small_measures().settings
    yen = settings.model_copy(update={"company": settings.company.model_copy(update={"currency": "JPY"})})
    with pytest.raises(CsworkbenchError, match="USD and JPY"):
        compare(now(), now(lambda measures: replace(measures, settings=yen)))


def test_saved_measures_are_read_back_from_an_output_folder_or_their_own(tmp_path: Path) -> None:
    home = tmp_path / ".csworkbench" / "measures"
    small_measures().save(home)
    small_scores().save(home / "scores")
    for folder in (tmp_path, home):
        assert compare(load_told(folder), now()).is_empty
    with pytest.raises(CsworkbenchError, match="holds no measures of a quarter"):
        load_told(tmp_path / "nowhere")


def test_the_text_holds_every_table_and_names_each_row() -> None:
    found = list(tables(compare(small_before(), now()), Language("en")))
    assert [rows[0][0] for rows in found] == ["All accounts", "mid", "smb", "Account", "What"]
    assert ["MRR", "$43.5K", "$40.5K", "−$3K"] in found[0]
    assert ["Dahlia", "mid", "Needs a person", "entered", "$4K"] in found[3]
    assert ["All accounts: MRR, Q2 2026", "Told anew", "$43.5K", "$44K"] in found[4]


# the section of a pack


def scene(before: Told | None, lang: str = "en", change: QuarterMeasures | None = None) -> Scene:
    return scene_of(change or small_measures(), lang, None, small_scores(), small_business(), before)


@pytest.mark.parametrize("show", [changes, entered_left, rests_on])
def test_without_an_earlier_pack_the_section_is_one_line(show: Callable[[Scene], object]) -> None:
    line = show(scene(None))
    assert line.is_absent
    assert line.title == "Not shown: there is no pack of Q2 2026 beside this one."
    assert show(scene(None, "ja")).title == "表示できません：比較する2026年Q2の資料がありません。"


def test_the_title_says_how_mrr_and_nrr_moved() -> None:
    assert changes(scene(small_before())).title == "Since Q2 2026: MRR −$3K and NRR −13.7 pt"


@pytest.mark.parametrize(("nnmrr", "where"), [(-700.0, "outside"), (900.0, "inside")])
def test_the_forecast_is_held_against_what_came(nnmrr: float, where: str) -> None:
    rows = [{"quarter": "2026Q3", "owner_kind": "all", "owner": "company", "nnmrr": nnmrr}]
    measures = with_frame(small_measures(), "nnmrr", frame_of("nnmrr", rows))
    said = changes(scene(forecast_of("2026Q3"), change=measures)).so_what
    assert said.endswith(f": {where}.")
    assert "+$900 (−$400 to +$2.2K)" in said


def test_no_change_has_its_own_words() -> None:
    same = scene(now())
    assert entered_left(same).title == "No account entered or left a list since Q3 2026."
    assert rests_on(same).title.startswith("Definitions, models, settings and tables are those of Q3 2026")


# one account


def test_an_account_s_own_numbers_are_compared_and_its_signs_counted() -> None:
    found = account_moved(small_before(), now(), "m4").set_index("measure")
    assert found.loc["mrr", ["old", "new", "change"]].to_list() == [5000.0, 4000.0, -1000.0]
    assert found.loc["signs", ["old", "new"]].to_list() == [0.0, 2.0]
    assert found.loc["money_at_risk", "old"] == 1.0
    assert "nps" not in found.index
    title = account_changes(scene(None), small_before(), now(), "m4").title
    assert title == f"{int((found['change'] != 0).sum())} of {len(found)} measures differ from Q2 2026"


def test_without_an_earlier_pack_an_account_has_one_line() -> None:
    assert account_changes(scene(None), None, None, "m4").is_absent
