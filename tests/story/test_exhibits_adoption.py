"""Adoption bands: the title's words, suppressed segments, and bands of any name."""

from __future__ import annotations

import pytest
from small_quarter import SETTINGS, small_measures, with_frame
from small_quarter import adoption_bands as band_rows

from csworkbench.metrics.frames import empty
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.adoption import Band, adoption_bands, adoption_title
from csworkbench.story.language import Language
from csworkbench.story.scene import scene_of


@pytest.mark.parametrize(
    ("band", "title"),
    [
        (Band("High", 0.46, 0.447, 0.45), "46.0% of accounts are in the High band, 1.3 points more than last quarter,"
                                          " 1.0 point above the target of 45.0%"),
        (Band("High", 0.40, 0.46, 0.45), "40.0% of accounts are in the High band, 6.0 points fewer than last quarter,"
                                         " 5.0 points below the target of 45.0%"),
        (Band("High", 0.45, 0.4503, 0.4498), "45.0% of accounts are in the High band, as many as last quarter,"
                                             " on the target of 45.0%"),
        (Band("High", 0.45, None, None), "45.0% of accounts are in the High band"),
        (Band("Grün", 0.45, None, 0.5), "45.0% of accounts are in the Grün band, 5.0 points below the target of 50.0%"),
    ],
)  # fmt: skip
def test_titles(band: Band, title: str) -> None:
    assert adoption_title(Language("en"), band) == title


def test_the_title_in_japanese() -> None:
    title = adoption_title(Language("ja"), Band("高", 0.46, 0.447, 0.45))
    assert title == "定着度「高」のアカウントは46.0%、前四半期より1.3ポイント増、目標45.0%を1.0ポイント上回る"


def test_the_small_company(measures: QuarterMeasures) -> None:
    exhibit = adoption_bands(scene_of(measures))
    assert exhibit.title == (
        "50.0% of accounts are in the High band, as many as last quarter, 5.0 points above the target of 45.0%"
    )
    assert exhibit.so_what == (
        "1 account with $1K of MRR (10%) is in the Low band. The High band is smallest in Mid-market: 40%."
    )
    assert "All accounts: 10 accounts" in exhibit.caption
    assert "adoption_index v1" in exhibit.caption
    assert "Low ≥ 0, Medium ≥ 60, High ≥ 85" in exhibit.caption


def test_a_segment_beside_the_book(measures: QuarterMeasures) -> None:
    exhibit = adoption_bands(scene_of(measures, segment="smb"))
    assert exhibit.so_what == "No account is in the Low band. Whole book: 50% in the High band."
    assert exhibit.data["unit"].tolist() == ["SMB"] * 3 + ["All accounts"] * 3
    assert exhibit.data["share_accounts"].tolist() == [0.0, 0.4, 0.6, 0.1, 0.4, 0.5]
    assert exhibit.data["before"].tolist() == [0.2, 0.4, 0.4, 0.2, 0.3, 0.5]


def test_shares_the_target_and_last_quarter_are_drawn(measures: QuarterMeasures, written: list[str]) -> None:
    adoption_bands(scene_of(measures))
    assert {"10%", "40%", "50%", "60%", "target 45%", "thin: last quarter", "SMB (n = 5)"} <= set(written)


def test_a_small_segment_is_hidden_with_the_one_that_would_give_it_away(
    measures: QuarterMeasures, written: list[str]
) -> None:
    frame = band_rows()
    now = (frame["quarter"] == "2026Q3") & (frame["segment"] == "smb")
    frame.loc[now, "n_accounts"] = [0, 1, 2]
    exhibit = adoption_bands(scene_of(with_frame(measures, "adoption_bands", frame)))
    shares = exhibit.data.groupby("unit")["share_accounts"].count()
    assert shares.to_dict() == {"All accounts": 3, "Mid-market": 0, "SMB": 0}
    assert "3 accounts, too few for a rate" in written


def test_a_segment_of_four_gets_a_line(measures: QuarterMeasures) -> None:
    frame = band_rows()
    frame.loc[frame["segment"] == "smb", "n_accounts"] = [1, 1, 2] * 2
    exhibit = adoption_bands(scene_of(with_frame(measures, "adoption_bands", frame), segment="smb"))
    assert exhibit.title == "SMB: adoption is not shown (4 accounts, too few for a rate)."


def test_without_last_quarter_and_target_neither_is_mentioned(measures: QuarterMeasures, written: list[str]) -> None:
    frame = band_rows().assign(target_share=None)
    exhibit = adoption_bands(scene_of(with_frame(measures, "adoption_bands", frame[frame["quarter"] == "2026Q3"])))
    assert exhibit.title == "50.0% of accounts are in the High band"
    assert not [word for word in written if "target" in word or "last" in word]


def test_bands_of_another_name_stay_as_they_are() -> None:
    settings = SETTINGS.replace("low = 0, medium = 60, high = 85", '"<b>{x}" = 0, ok = 50')
    measures = small_measures(settings)
    frame = band_rows()
    frame = frame[frame["band"] != "low"].replace({"medium": "<b>{x}", "high": "ok"})
    exhibit = adoption_bands(scene_of(with_frame(measures, "adoption_bands", frame)))
    assert exhibit.title.startswith("50.0% of accounts are in the ok band")
    assert "4 accounts with $4K of MRR (40%) are in the <b>{x} band." in exhibit.so_what
    assert "<b>" not in exhibit.html


@pytest.mark.parametrize("frame", [None, "empty"])
def test_without_its_frame_there_is_one_line(measures: QuarterMeasures, frame: str | None) -> None:
    rows = None if frame is None else empty("adoption_bands")
    exhibit = adoption_bands(scene_of(with_frame(measures, "adoption_bands", rows)))
    assert exhibit.is_absent
    assert exhibit.title in {
        "Not shown: the workspace has no adoption_bands_table.",
        "All accounts: adoption is not shown (no accounts).",
    }


def test_numbers_said_are_those_of_the_data(measures: QuarterMeasures) -> None:
    for segment in (None, "mid", "smb"):
        scene = scene_of(measures, segment=segment)
        exhibit = adoption_bands(scene)
        mine = exhibit.data[exhibit.data["unit"] == scene.name(segment)]
        top, low = mine.iloc[-1], mine.iloc[0]
        assert exhibit.title.startswith(scene.language.percent(top["share_accounts"]))
        if low["n_accounts"]:
            assert exhibit.so_what.startswith(scene.language.number(low["n_accounts"]))
            assert f"({scene.language.percent(low['share_mrr'], 0)})" in exhibit.so_what
