"""Renewals: rates over what is decided, and what falls due next."""

from __future__ import annotations

import pandas as pd
import pytest
from reader import body, csv_rows
from small_quarter import frame_of, with_frame

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.renewals import renewal_rates, renewals_due
from csworkbench.story.scene import scene_of


def rated(measures: QuarterMeasures, n_due: int, n_renewed: int, n_open: int = 0) -> QuarterMeasures:
    decided = n_due - n_open
    row = {"quarter": "2026Q3", "segment": "all", "n_due": n_due, "n_renewed": n_renewed, "n_open": n_open}
    rates = {"logo_rate": n_renewed / decided if decided else None, "gross_rate": 0.875, "net_rate": 1.25}
    return with_frame(measures, "renewal_rates", frame_of("renewal_rates", [{**row, "due_mrr": 12345.0, **rates}]))


def due(measures: QuarterMeasures, *rows: tuple[str, str, float, str | None]) -> QuarterMeasures:
    """Renewals due: account, day, MRR, call."""
    table = [
        {"quarter": "2026Q4", "account_id": account, "segment": "mid", "subscription_id": f"x{at}", "due_on": day}
        | {"due_mrr": mrr, "csm_call": call}
        for at, (account, day, mrr, call) in enumerate(rows)
    ]
    return with_frame(measures, "renewals", frame_of("renewals", table))


def test_every_cell_is_the_number_of_the_frame(measures: QuarterMeasures) -> None:
    exhibit = renewal_rates(scene_of(rated(measures, 10, 6, 2)))
    assert body(exhibit) == [["Q3 2026", "10", "$12.3K", "6", "2", "75.0%", "87.5%", "125.0%"]]
    assert csv_rows(exhibit)[1] == ["2026Q3", "10", "12345", "6", "2", "0.75", "0.875", "1.25"]


# due, renewed, open → title in English, in Japanese
KEPT = {
    (6, 5, 0): ("5 of 6 renewals due this quarter were kept", "今四半期に期日を迎えた更新6件のうち5件を継続"),
    (1, 1, 0): ("1 of 1 renewal due this quarter was kept", "今四半期に期日を迎えた更新1件のうち1件を継続"),
    (12, 0, 0): ("0 of 12 renewals due this quarter were kept", "今四半期に期日を迎えた更新12件のうち0件を継続"),
    (3, 0, 3): ("No renewal was decided this quarter", "この四半期に結果の出た更新はありません"),
    (0, 0, 0): ("No renewal was decided this quarter", "この四半期に結果の出た更新はありません"),
    (1500, 1200, 0): (
        "1,200 of 1,500 renewals due this quarter were kept",
        "今四半期に期日を迎えた更新1,500件のうち1,200件を継続",
    ),
}


@pytest.mark.parametrize("counts", KEPT)
def test_the_title_counts_what_was_kept(counts: tuple[int, int, int], measures: QuarterMeasures) -> None:
    known = rated(measures, *counts)
    assert tuple(renewal_rates(scene_of(known, lang)).title for lang in ("en", "ja")) == KEPT[counts]


def test_renewals_that_are_still_open_are_told(measures: QuarterMeasures) -> None:
    assert renewal_rates(scene_of(rated(measures, 4, 3))).so_what == ""
    one, two = (renewal_rates(scene_of(rated(measures, 4, 2, n))).so_what for n in (1, 2))
    assert one == "1 renewal that fell due this quarter is still open."
    assert two == "2 renewals that fell due this quarter are still open."
    japanese = renewal_rates(scene_of(rated(measures, 4, 2, 2), "ja"))
    assert japanese.so_what == "今四半期に期日を迎えた更新のうち2件は未決です。"


def test_what_was_kept_by_money_stands_beside_the_quarter_before(measures: QuarterMeasures) -> None:
    alone = renewal_rates(scene_of(rated(measures, 7, 5, 1))).so_what
    assert alone == "87.5% of the MRR due was kept. 1 renewal that fell due this quarter is still open."
    rows = rated(measures, 6, 5).frame("renewal_rates")
    before = rows.assign(quarter="2026Q2", gross_rate=0.9134)
    both = with_frame(measures, "renewal_rates", pd.concat([before, rows], ignore_index=True))
    assert renewal_rates(scene_of(both)).so_what == "87.5% of the MRR due was kept (91.3% the quarter before)."
    assert renewal_rates(scene_of(both, "ja")).so_what == "更新対象MRRの87.5%を継続（前四半期91.3%）。"
    few = with_frame(measures, "renewal_rates", pd.concat([before.assign(n_due=4), rows], ignore_index=True))
    assert renewal_rates(scene_of(few)).so_what == "87.5% of the MRR due was kept."


@pytest.mark.parametrize(("n_due", "n_open", "written"), [(5, 0, "80.0%"), (4, 0, "–"), (8, 4, "–"), (9, 4, "80.0%")])
def test_under_five_decided_renewals_no_rate_is_shown(
    n_due: int, n_open: int, written: str, measures: QuarterMeasures
) -> None:
    row = body(renewal_rates(scene_of(rated(measures, n_due, 4, n_open))))[0]
    assert row[5] == written
    assert (row[6] == "–") is (row[7] == "–") is (written == "–")


def test_without_renewals_one_line_says_so(measures: QuarterMeasures) -> None:
    none = with_frame(measures, "renewal_rates", frame_of("renewal_rates", []))
    assert renewal_rates(scene_of(none)).is_absent
    assert renewal_rates(scene_of(none)).title == "No renewal is or was due in these quarters."
    assert renewal_rates(scene_of(none, "ja")).title == "対象の四半期に期日を迎える更新はありません。"
    quiet = due(measures)
    assert renewals_due(scene_of(quiet)).title == "No renewal falls due in the next two quarters."
    assert renewals_due(scene_of(quiet, "ja")).title == "今後2四半期に期日を迎える更新はありません。"


def test_what_falls_due_is_listed_by_money_with_names_owners_and_calls(measures: QuarterMeasures) -> None:
    known = due(
        measures,
        ("s1", "2026-10-31", 900.0, "commit"),
        ("m4", "2026-11-15", 4000.0, "at_risk"),
        ("m6", "2027-03-31", 4000.0, None),
    )
    assert body(renewals_due(scene_of(known))) == [
        ["Dahlia", "Aoi K.", "Nov 15, 2026", "$4K", "at risk", "40"],
        ["Fern", "Aoi K.", "Mar 31, 2027", "$4K", "–", "70"],
        ["Gorse", "–", "Oct 31, 2026", "$900", "commit", "70"],
    ]
    assert [row[4] for row in body(renewals_due(scene_of(known, "ja")))] == ["要注意", "–", "確実"]


def test_decided_and_past_renewals_are_left_out(measures: QuarterMeasures) -> None:
    known = due(
        measures, ("m1", "2026-09-30", 1.0, None), ("m2", "2026-10-01", 2.0, None), ("m5", "2026-11-01", 3.0, None)
    )
    frame = known.frame("renewals")
    decided = with_frame(
        known, "renewals", frame.assign(renewed=frame["renewed"].where(frame["account_id"] != "m5", True))
    )
    assert [row[0] for row in body(renewals_due(scene_of(decided)))] == ["Birch"]


def test_an_account_without_a_name_keeps_its_own_id_wherever_it_stands(measures: QuarterMeasures) -> None:
    known = due(
        measures,
        ("m1", "2026-08-01", 9.0, None),
        ("gone-1", "2026-10-01", 50.0, None),
        ("m2", "2026-10-02", 70.0, None),
        ("gone-2", "2026-10-03", 60.0, None),
    )
    assert [row[0] for row in body(renewals_due(scene_of(known)))] == ["Birch", "gone-2", "gone-1"]


# number of renewals due of 1,000 each → title in English, in Japanese
AHEAD = {
    1: (
        "$1K of MRR falls due in the next two quarters, in 1 renewal",
        "今後2四半期に更新期日を迎えるMRRは$1,000（1件）",
    ),
    12: (
        "$12K of MRR falls due in the next two quarters, in 12 renewals",
        "今後2四半期に更新期日を迎えるMRRは$1.2万（12件）",
    ),
}


@pytest.mark.parametrize("n", AHEAD)
def test_the_title_sums_what_falls_due(n: int, measures: QuarterMeasures) -> None:
    known = due(measures, *[(f"m{at}", "2026-10-31", 1000.0, None) for at in range(n)])
    assert tuple(renewals_due(scene_of(known, lang)).title for lang in ("en", "ja")) == AHEAD[n]


def test_ten_are_shown_and_all_are_in_the_data(measures: QuarterMeasures) -> None:
    known = due(measures, *[(f"m{at}", "2026-10-31", 1000.0 + at, None) for at in range(12)])
    exhibit = renewals_due(scene_of(known))
    assert (len(body(exhibit)), len(exhibit.data), len(csv_rows(exhibit))) == (10, 12, 13)
    assert exhibit.caption.startswith("The 10 largest by MRR.")
    few = renewals_due(scene_of(due(measures, *[(f"m{at}", "2026-10-31", 1000.0, None) for at in range(10)])))
    assert "largest" not in few.caption


def test_the_items_of_an_account_are_one_renewal_with_the_worst_call(measures: QuarterMeasures) -> None:
    items = [
        ("m1", "2026-11-30", 1000.0, "at_risk"),
        ("m1", "2026-10-31", 500.0, "commit"),
        ("m1", "2026-12-31", 9.0, None),
    ]
    exhibit = renewals_due(scene_of(due(measures, *items)))
    assert exhibit.title == "$1.51K of MRR falls due in the next two quarters, in 1 renewal"
    (row,) = body(exhibit)
    assert (row[2], row[3], row[4]) == ("Oct 31, 2026", "$1.51K", "at risk")
    assert exhibit.so_what == "1 of them, $1K of MRR, is called at risk or lost by its CSM."


# calls of renewals of 1,000 each → so what in English, in Japanese
CALLS = {
    (None, None): ("", ""),
    ("commit", None): (
        "No renewal is called at risk or lost by its CSM.",
        "CSMが要注意・失注と見ている更新はありません。",
    ),
    ("commit", "lost"): (
        "1 of them, $1K of MRR, is called at risk or lost by its CSM.",
        "うち1件、MRR $1,000をCSMが要注意または失注と見ています。",
    ),
    ("at_risk", "lost", "likely"): (
        "2 of them, $2K of MRR, are called at risk or lost by their CSMs.",
        "うち2件、MRR $2,000をCSMが要注意または失注と見ています。",
    ),
}


@pytest.mark.parametrize("calls", CALLS)
def test_what_the_csms_doubt_is_summed(calls: tuple[str | None, ...], measures: QuarterMeasures) -> None:
    known = due(measures, *[(f"m{at}", "2026-10-31", 1000.0, call) for at, call in enumerate(calls)])
    assert tuple(renewals_due(scene_of(known, lang)).so_what for lang in ("en", "ja")) == CALLS[calls]


def test_a_pack_of_a_segment_sees_only_its_renewals(measures: QuarterMeasures) -> None:
    known = due(measures, ("m4", "2026-11-15", 4000.0, None), ("s1", "2026-11-16", 900.0, None))
    frame = known.frame("renewals")
    known = with_frame(
        known, "renewals", frame.assign(segment=frame["account_id"].str[0].map({"m": "mid", "s": "smb"}))
    )
    assert [row[0] for row in body(renewals_due(scene_of(known, "en", "smb")))] == ["Gorse"]


def test_both_languages_show_the_same_data(measures: QuarterMeasures) -> None:
    for show in (renewal_rates, renewals_due):
        en, ja = (show(scene_of(measures, lang)).data for lang in ("en", "ja"))
        pd.testing.assert_frame_equal(
            en.drop(columns="call", errors="ignore"), ja.drop(columns="call", errors="ignore")
        )
