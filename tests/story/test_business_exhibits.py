"""Decisions, renewals ahead, concentration, promises, profile, tenure, reasons and responses: their rules and words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from reader import body
from small_business import ROWS, business_frame, small_business
from small_quarter import frame_of, small_measures, with_frame
from small_scores import score_rows, small_scores, with_scores

from csworkbench.metrics.business.frames import FRAMES
from csworkbench.metrics.business.measures import load_business
from csworkbench.story.exhibits.chances import chance_of_leaving
from csworkbench.story.exhibits.commitments import commitments, overdue
from csworkbench.story.exhibits.concentration import concentration
from csworkbench.story.exhibits.decision_rules import decisions as by_rules
from csworkbench.story.exhibits.decisions import decisions
from csworkbench.story.exhibits.loss_reasons import loss_reasons
from csworkbench.story.exhibits.profile import profile
from csworkbench.story.exhibits.renewals_ahead import renewals_ahead
from csworkbench.story.exhibits.responses import responses
from csworkbench.story.exhibits.tenure import tenure_hazard
from csworkbench.story.pack import EXHIBITS
from csworkbench.story.scene import Scene, scene_of

EMPTY = {name: [] for name in FRAMES}
NEEDED = {
    "renewals_ahead": "renewals_ahead", "concentration": "concentration", "commitments": "commitments",
    "overdue": "overdue", "tenure_hazard": "tenure_hazard", "loss_reasons": "loss_reasons", "responses": "responses",
}  # fmt: skip


def scene(lang: str = "en", segment: str | None = None, **frames: list[dict[str, Any]] | None) -> Scene:
    return scene_of(small_measures(), lang, segment, small_scores(), small_business(**frames))


@pytest.mark.parametrize("id", NEEDED)
def test_without_its_tables_an_exhibit_is_one_line_that_names_them(id: str) -> None:
    line = EXHIBITS[id](scene(**{NEEDED[id]: None}))
    assert line.is_absent
    assert line.title == f"Not shown: the workspace has no {NEEDED[id]}_table."


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("segment", [None, "mid"])
def test_with_nothing_to_tell_every_exhibit_is_one_line(segment: str | None, lang: str) -> None:
    empty = scene(lang, segment, **EMPTY)
    for id in (*NEEDED, "profile"):
        exhibit = EXHIBITS[id](empty)
        assert exhibit.is_absent, id
        assert "nan" not in exhibit.title


def test_frames_are_saved_and_read_when_asked_for(tmp_path: Any) -> None:
    small_business(responses=None).save(tmp_path)
    found = load_business(tmp_path)
    assert dict(found.absent) == {"responses": ("responses_table",)}
    assert set(found.frames) == set(FRAMES) - {"responses"}
    for name in found.frames:
        assert found.frame(name).equals(business_frame(name, ROWS[name]))


# decisions


def test_a_renewal_is_decided_thirty_days_before_it_is_due_but_never_at_once() -> None:
    first, *_ = by_rules(scene())
    assert (first.kind, first.about, first.by, first.money, first.call) == (
        "renewal", "Dahlia", date(2026, 10, 16), 4000.0, "at_risk",
    )  # fmt: skip
    soon = [{**ROWS["renewals_ahead"][0], "due_on": "2026-10-20"}]
    assert by_rules(scene(renewals_ahead=soon))[0].by == date(2026, 10, 14)
    at_once = [{**ROWS["renewals_ahead"][0], "due_on": "2026-10-03"}]
    assert by_rules(scene(renewals_ahead=at_once))[0].by == date(2026, 10, 3)


def test_a_safe_call_is_doubted_where_leaving_is_likely() -> None:
    safe = [{**ROWS["renewals_ahead"][0], "csm_call": "commit", "due_on": "2026-12-20"}]
    first = by_rules(scene(renewals_ahead=safe))[0]
    assert (first.kind, first.p) == ("renewal", pytest.approx(0.4))
    why = decisions(scene(renewals_ahead=safe)).data["why"].iloc[0]
    assert why.startswith("called “commit” by its CSM; ")
    assert why.endswith("% chance of leaving by then")


def test_a_renewal_that_is_neither_doubted_nor_likely_to_be_lost_asks_for_nothing() -> None:
    sure = [{**ROWS["renewals_ahead"][1], "csm_call": "commit"}]
    assert "renewal" not in {one.kind for one in by_rules(scene(renewals_ahead=sure))}


def test_the_five_largest_doubtful_renewals_come_one_by_one_and_the_rest_together() -> None:
    row = ROWS["renewals_ahead"][0]
    many = [
        {**row, "account_id": id, "due_mrr": 1000.0 * at}
        for at, id in enumerate(("m1", "m2", "m4", "m5", "m6", "s1", "s2"), 1)
    ]
    found = [one for one in by_rules(scene(renewals_ahead=many)) if "renewal" in one.kind]
    assert [one.money for one in found] == [7000.0, 6000.0, 5000.0, 4000.0, 3000.0, 3000.0]
    assert found[-1].kind == "more_renewals"
    assert found[-1].n == 2


def test_a_forecast_below_the_plan_of_next_quarter_is_a_decision_and_one_above_it_is_none() -> None:
    def planned(nnmrr: float) -> list[str]:
        rows = [{"kpi": "nnmrr", "owner": "company", "period": "2026Q4", "target": nnmrr}]
        measures = with_frame(small_measures(), "targets", frame_of("targets", rows))
        found = by_rules(scene_of(measures, "en", None, small_scores(), small_business()))
        return [f"{one.money:.0f} {one.by}" for one in found if one.kind == "gap"]

    assert planned(800.0) == ["2000 2026-10-31"]
    assert planned(-1200.0) == []


def test_a_segment_below_its_nrr_plan_twice_is_a_decision() -> None:
    rows = [{"kpi": "nrr", "owner": "mid", "period": period, "target": 1.2} for period in ("2026Q2", "2026Q3")]
    once = with_frame(small_measures(), "targets", frame_of("targets", rows[1:]))
    twice = with_frame(small_measures(), "targets", frame_of("targets", rows))
    kinds = [[one.kind for one in by_rules(scene_of(m, "en", None, None, None))] for m in (once, twice)]
    assert kinds[0].count("twice") == 0
    assert kinds[1].count("twice") == 1


def test_without_anything_to_decide_the_pack_says_so() -> None:
    measures = with_frame(small_measures(), "targets", None)
    quiet = scene_of(measures, "en", None, small_scores(), small_business(**EMPTY))
    line = decisions(quiet)
    assert line.is_absent
    assert line.title.startswith("No decision is asked for")


def test_overdue_promises_and_accounts_without_an_owner_wait_for_the_head_of_cs() -> None:
    rows = small_measures().frame("attention").assign(csm=None)
    measures = with_frame(small_measures(), "attention", rows)
    data = decisions(scene_of(measures, "en", None, small_scores(), small_business())).data.set_index("kind")
    assert data.loc["no_owner", "whose"] == "Head of CS"
    assert data.loc["no_owner", "n"] == 1
    assert data.loc["overdue", ["n", "money"]].to_list() == [5, 5000.0]


# renewals ahead


def test_what_is_expected_to_stay_is_what_the_chances_leave() -> None:
    found = renewals_ahead(scene()).data.set_index("quarter")
    first = found.loc["2026Q4"]
    p4, p1 = 0.40 * 2 / 3, 0.10 * 2 / 3
    assert first["expected"] == pytest.approx(4000 * (1 - p4) + 1000 * (1 - p1))
    spread = (4000**2 * p4 * (1 - p4) + 1000**2 * p1 * (1 - p1)) ** 0.5
    assert first["low"] == pytest.approx(first["expected"] - 1.6449 * spread)
    assert first["high"] == 5000.0
    assert first[["n", "at_risk", "commit", "uncalled"]].to_list() == [2, 4000.0, 1000.0, 0.0]
    assert found.loc["total", "due_mrr"] == 25000.0


def test_an_account_that_has_said_that_it_leaves_is_not_expected_to_stay() -> None:
    rows = [{**row, "note": "has said that it leaves"} if row["account_id"] == "m4" else row for row in score_rows()]
    place = scene_of(small_measures(), "en", None, with_scores(small_scores(), "scores", rows), small_business())
    due = place.mine("renewals_ahead")
    assert chance_of_leaving(place, due)[due["account_id"] == "m4"].to_list() == [1.0]


def test_without_scores_only_what_is_due_is_told() -> None:
    exhibit = renewals_ahead(scene_of(small_measures(), "en", None, None, small_business()))
    assert exhibit.title == "$25K of MRR falls due in the next four quarters"
    assert "Expected to stay" not in str(exhibit.table_html)


# concentration, promises


def test_the_largest_customers_and_the_change_over_a_year() -> None:
    exhibit = concentration(scene())
    assert exhibit.title == "10 customers hold all of the MRR; the largest, Aster, 29.6%"
    assert "The five largest hold 86%, down from 90% a year ago." in exhibit.so_what
    assert body(exhibit)[0] == ["Aster", "2", "$12K", "29.6%", "29.6%"]


def test_kept_promises_and_the_kind_kept_least() -> None:
    exhibit = commitments(scene())
    assert exhibit.title == "18 of 26 promises for this quarter were kept, 6 are still open"
    assert exhibit.so_what == "Least kept: Actions promised in last quarter’s reviews (8 of 12, 67%)."
    assert exhibit.data["share"].isna().to_list() == [False, False, True, False]
    all_kept = [{"segment": "all", "kind": "review", "n": 3, "n_kept": 3}]
    assert commitments(scene(commitments=all_kept)).title == "All 3 promises for this quarter were kept"
    one = [{"segment": "all", "kind": "review", "n": 1, "n_kept": 1}]
    assert commitments(scene(commitments=one)).title == "The 1 promise for this quarter was kept"


def test_what_is_overdue_stands_by_account() -> None:
    exhibit = overdue(scene())
    assert exhibit.title == "5 promises are overdue, to 2 accounts with $5K of MRR"
    first = body(exhibit)[0]
    assert first == ["Dahlia", "the review planned for Aug 1, 2026 and 3 promised actions", "Aoi K.", "143", "$4K"]


# profile, tenure, reasons, responses


def test_an_end_beside_zero_that_would_be_rounded_to_it_has_a_decimal_and_a_touch_tier_its_name() -> None:
    row = {**ROWS["profile"][1], "aspect": "touch_tier", "value": "mid", "difference": 0.07, "high": 0.16}
    apart, alike = (body(profile(scene(segment="mid", profile=[{**row, "low": low}])))[0] for low in (0.004, -0.004))
    assert [apart[0], apart[-1]] == ["Share of mid touch", "+0.4 pt to +16.0 pt"]
    assert alike[-1] == "0 pt to +16 pt"


def test_the_trait_that_stands_out_and_those_that_do_not() -> None:
    exhibit = profile(scene(segment="mid"))
    assert exhibit.title == "Mid-market stands out most by MRR, median: $6K against $800"
    alike = [{**ROWS["profile"][1]}]
    same = profile(scene(segment="mid", profile=alike))
    assert same.title == "Mid-market is no different from the rest by more than chance would explain"
    assert same.so_what.startswith("0 of 1 traits are apart")
    assert profile(scene()).title == "Not shown: a profile is of a segment."


@pytest.mark.parametrize(
    ("n_left", "low", "said"),
    [
        (5, 0.043, "Accounts leave most often in months 10–12: 10.0% a month (5 accounts)"),
        (5, 0.001, "No time of a customer’s life stands out: 2.4% leave in a month"),
    ],
)
def test_a_peak_is_named_only_where_chance_would_not_explain_it(n_left: int, low: float, said: str) -> None:
    rows = [{**row, "low": low} if row["band"] == 3 else row for row in ROWS["tenure_hazard"]]
    assert tenure_hazard(scene(tenure_hazard=rows)).title == said


def test_nobody_left() -> None:
    rows = [{**row, "n_left": 0, "hazard": 0.0, "low": 0.0} for row in ROWS["tenure_hazard"]]
    exhibit = tenure_hazard(scene(tenure_hazard=rows))
    assert exhibit.title == "No account left in the last 24 months"
    assert exhibit.so_what == ""


def test_few_accounts_that_left_get_their_reasons_without_shares() -> None:
    few = [{**row, "n_lost": 3, "share": None, "low": None, "high": None} for row in ROWS["loss_reasons"]]
    exhibit = loss_reasons(scene(loss_reasons=few))
    assert exhibit.title == "3 accounts left in four quarters; most often named: low adoption (4)"
    assert "%" not in str(exhibit.table_html)
    unnamed = [{"segment": "all", "reason": "", "n": 1, "n_lost": 1, "mrr": 5.0}]
    assert loss_reasons(scene(loss_reasons=unnamed)).title == "1 account left in four quarters; no reason was named"


def test_a_difference_of_responses_is_told_only_beyond_chance_and_never_as_proof() -> None:
    def so_what(lost_acted: int, lost_left: int) -> str:
        rows = [{"segment": "all", "signal": "any", "acted": True, "n": 100, "n_lost": lost_acted}]
        rows += [{"segment": "all", "signal": "any", "acted": False, "n": 100, "n_lost": lost_left}]
        return responses(scene(responses=rows)).so_what

    assert so_what(5, 6).startswith("The two are not apart by more than chance")
    assert so_what(5, 30).startswith("Accounts that were acted on left 25.0 points less often")
    assert "the worst are called first" in so_what(30, 5)
    assert all(so_what(*pair).endswith("no proof of what a call does.") for pair in ((5, 6), (5, 30), (30, 5)))


def test_too_few_cases_are_not_compared() -> None:
    rows = [{"segment": "all", "signal": "any", "acted": acted, "n": 4, "n_lost": 1} for acted in (True, False)]
    exhibit = responses(scene(responses=rows))
    assert exhibit.title == "4 of 8 signs were acted on within 30 days"
    assert exhibit.so_what.startswith("Too few cases on one side to compare.")
    assert exhibit.data["share_acted"].isna().all()


def test_hostile_texts_stay_texts() -> None:
    text = '<script>alert("x")</script>'
    groups = [{**row, "name": text} for row in ROWS["groups"]]
    late = [{**row, "name": text, "what": text, "csm": text} for row in ROWS["overdue"]]
    reasons = [{**row, "reason": text} for row in ROWS["loss_reasons"][:1]]
    place = scene("en", None, groups=groups, overdue=late, loss_reasons=reasons)
    for show in (concentration, overdue, loss_reasons, decisions):
        html = str(show(place).html)
        assert "<script" not in html
        assert "&lt;script" in html
