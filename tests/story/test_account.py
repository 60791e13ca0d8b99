"""The packs of single accounts: titles from the numbers, and what a section says when nothing is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csworkbench.data.settings import Company, Milestone, Settings
from csworkbench.errors import CsworkbenchError, UnknownName
from csworkbench.metrics.account.frames import AREAS, INTERNAL
from csworkbench.metrics.account.measures import AccountMeasures
from csworkbench.metrics.calendar import Quarter
from csworkbench.models.frames import shaped as shaped_scores
from csworkbench.models.quarter import QuarterScores
from csworkbench.story.account.changes import since_last_pack
from csworkbench.story.account.evidence import _WORDS, evidence_words
from csworkbench.story.account.goals import goals_title
from csworkbench.story.account.joint_plan import joint_plan
from csworkbench.story.account.names import named
from csworkbench.story.account.pack import EXHIBITS, INTERNAL_EXHIBITS, AccountPack, open_customer_pack
from csworkbench.story.account.people import power_map
from csworkbench.story.account.score import score
from csworkbench.story.account.since import since
from csworkbench.story.account.use import adoption_moved, adoption_title
from csworkbench.story.difference.told import told_of
from csworkbench.story.language import Language
from csworkbench.story.scene import Scene, scene_of

EN, JA = Language("en", "EUR"), Language("ja", "JPY")
Q3 = Quarter.parse("2026Q3")
STEPS = (
    Milestone(id="kickoff", name={"en": "Kick-off", "ja": "キックオフ"}),
    Milestone(id="live", name={"en": "Live"}),
)
D = pd.Timestamp
ROWS: dict[str, list[dict[str, object]]] = {
    "profile": [{"name": "Acme & <b>", "started_on": D("2026-01-01"), "renews_on": D("2026-10-08")}],
    "goals": [
        {
            "criterion": "teams_live",
            "status": "missed",
            "target": 6.0,
            "actual": 2.5,
            "unit": "teams",
            "source": "usage_data",
            "agreed_on": D("2026-01-02"),
            "due_on": D("2026-07-01"),
            "assessed_on": D("2026-07-02"),
        },
        {"criterion": "own words", "status": "met", "target": 1.0, "actual": 1.0, "agreed_on": D("2026-01-02")},
        {"criterion": "later", "status": "open", "target": 1.0, "agreed_on": D("2026-01-03")},
    ],
    "use": [
        {
            "measure": m,
            "quarter": q,
            "value": v,
            "peers_low": 0.4 * k,
            "peers_median": 0.6 * k,
            "peers_high": 0.8 * k,
            "n_peers": 9,
        }
        for m, k, v in (("adoption_index", 100, 90.0), ("seats", 1, 0.5), ("breadth", 1, 1.0), ("regularity", 1, 0.7))
        for q in ("2026Q1", "2026Q2", "2026Q3")
    ],
    "steps": [
        {
            "step": 1,
            "milestone": "kickoff",
            "reached_on": D("2026-01-05"),
            "days": 4.0,
            "due_days": 14,
            "state": "reached",
        },
        {"step": 2, "milestone": "live", "due_on": D("2026-09-20"), "due_days": 30, "state": "overdue"},
    ],
    "support": [
        {"quarter": q, "tickets": n, "n_csat": 0, "median_first_response_hours": 2.0 if n else np.nan}
        for q, n in (("2026Q2", 3), ("2026Q3", 1))
    ],
    "open_points": [
        {"kind": "ticket", "since": D("2026-09-01"), "name": "bug", "n": 1.0},
        {"kind": "action", "since": D("2026-08-01"), "n": 2.0},
    ],
    "joint_plan": [
        {"due_on": D("2026-09-20"), "kind": "milestone", "name": "live", "overdue": True},
        {"due_on": D("2026-10-08"), "kind": "renewal", "overdue": False},
    ],
    "standing": [
        {
            "segment": "SMB",
            "mrr": 100.0,
            "mrr_year_ago": 80.0,
            "nps": 9.0,
            "usage_change": -0.4,
            "gap": "says_well_uses_less",
        }
    ],
    "signs": [{"reasons": ["silence", "detractor"]}],
    "moves": [
        {"quarter": "2026Q2", "mrr_open": 80.0, "mrr_close": 80.0},
        {"quarter": "2026Q3", "mrr_open": 80.0, "mrr_close": 100.0},
    ],
    "power_map": [
        {"role": "executive_sponsor", "influence": 5.0, "stance": "opponent"},
        {"role": "champion", "influence": 3.0, "stance": "champion"},
    ],
    "register": [
        {"area": "cost", "opened_on": D("2026-09-01"), "likelihood": 0.5, "description": "too dear", "impact_mrr": 10.0}
    ],
    "pmbok": [
        {"place": 0, "area": "scope", "status": "act", "code": "goals_missed", "n": 1.0},
        {"place": 2, "area": "cost", "status": "good", "code": "invoices_paid"},
    ],
}
SCORES = {
    "scores": [
        {
            "p_churn_3": 0.05,
            "p_churn_6": 0.2,
            "p_churn_12": 0.4,
            "money_at_risk": 480.0,
            "health": 95.0,
            "mrr": 100.0,
            "expected_months": 20.0,
            "p_expansion": 0.1,
            "coverage": 0.9,
        }
    ],
    "reasons": [
        {"kind": "churn", "rank": 1, "feature": "days_silent", "code": "silence", "value": "40", "contribution": 0.7}
    ],
    "whitespace": [{"product": "Extra", "mrr": 30.0, "p": 0.2, "expected_mrr": 6.0, "peers": 0.5, "n_peers": 8}],
}


def frame_of(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    known = INTERNAL.frames[name]
    given = pd.DataFrame([{"account_id": "a", **row} for row in rows], columns=list(known))
    numbers = {column: 0 for column, type_ in known.items() if type_ == "int64"}
    return INTERNAL.shaped(name, given.fillna(numbers).infer_objects())


def scores_of(rows: dict[str, list[dict[str, object]]]) -> QuarterScores:
    from csworkbench.models.frames import FRAMES

    frames = {}
    for name, found in rows.items():
        columns = FRAMES[name]
        given = pd.DataFrame([{"account_id": "a", **row} for row in found], columns=list(columns))
        numbers = {column: 0 for column, type_ in columns.items() if type_ == "int64"}
        frames[name] = shaped_scores(name, given.fillna(numbers).infer_objects())
    return QuarterScores(Q3.closing, frames, {})


@cache
def _scores() -> QuarterScores:
    return scores_of(SCORES)


def own_scores() -> QuarterScores:
    """Those of SCORES; nobody else has these frames."""
    return replace(_scores(), frames={name: frame.copy() for name, frame in _scores().frames.items()})


@cache
def _frames() -> dict[str, pd.DataFrame]:
    return {name: frame_of(name, rows) for name, rows in ROWS.items()}


def frames_with(**changed: list[dict[str, object]]) -> dict[str, pd.DataFrame]:
    """The frames of ROWS with some changed; nobody else has them."""
    kept = {name: frame.copy() for name, frame in _frames().items() if name not in changed}
    return kept | {name: frame_of(name, rows) for name, rows in changed.items()}


def scene(lang: str = "en", scores: bool = True, **changed: list[dict[str, object]]) -> Scene:
    settings = Settings(company=Company(name="Us", currency="JPY"), journey=STEPS)
    frames = frames_with(**changed)
    tables = ("accounts", "subscriptions", "surveys", "usage", "reviews", "tickets", "success_plans")
    measures = AccountMeasures(Q3, date(2026, 9, 30), settings, tables, frames, {})
    return scene_of(measures, lang, None, own_scores() if scores else None)


def without(*names: str) -> Scene:
    settings = Settings(company=Company(name="Us", currency="JPY"), journey=STEPS)
    frames = {name: frame for name, frame in frames_with().items() if name not in names}
    absent = dict.fromkeys(names, ("some_table",))
    return scene_of(AccountMeasures(Q3, date(2026, 9, 30), settings, (), frames, absent), "en")


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("id", sorted(set(INTERNAL_EXHIBITS) - {"changes"}))
def test_every_exhibit_has_its_message_source_and_data_and_escapes_what_comes_from_data(id: str, lang: str) -> None:
    found = INTERNAL_EXHIBITS[id](scene(lang))
    assert found.title and not found.is_absent
    assert found.source and len(found.data) and found.columns
    assert "<b>" not in found.html
    assert not found.figure_svg or len(found.alt) > 20


NOTHING = {
    "goals": "No goal is agreed",
    "steps": "has not begun",
    "open_points": "Nothing is open",
    "joint_plan": "Nothing is planned",
    "register": "No risk is open",
    "power_map": "No person",
    "use": "No use was measured",
}


@pytest.mark.parametrize("id", NOTHING)
def test_a_section_without_rows_says_so_in_one_line(id: str) -> None:
    found = INTERNAL_EXHIBITS[id](scene("en", **{id: []}))
    assert found.is_absent
    assert NOTHING[id] in found.title


@pytest.mark.parametrize("id", ["goals", "steps", "support", "open_points", "register", "power_map", "pmbok"])
def test_a_section_whose_table_is_absent_says_so_in_one_line(id: str) -> None:
    found = INTERNAL_EXHIBITS[id](without(id))
    assert found.is_absent
    assert found.title == "Not shown: the workspace has no some_table."


@pytest.mark.parametrize("id", ["score", "reasons", "whitespace"])
def test_without_scores_the_internal_edition_says_so(id: str) -> None:
    assert INTERNAL_EXHIBITS[id](scene(scores=False)).title == "Not shown: no scores were made for this quarter."


@pytest.mark.parametrize(
    ("statuses", "en", "ja"),
    [
        (["met"], "The 1 agreed goal is met", "合意した目標1件をすべて達成しました"),
        (["met", "met"], "All 2 agreed goals are met", "合意した目標2件をすべて達成しました"),
        (["open"], "1 goal is agreed; it is not assessed yet", "合意した目標は1件、評価はこれからです"),
        ([None, "open"], "2 goals are agreed; none is assessed yet", "合意した目標は2件、評価はこれからです"),
        (
            ["met", "partly", "missed", "open"],
            "1 of 4 agreed goals met: 1 in part, 1 missed, and 1 not assessed yet",
            "合意した目標4件のうち1件を達成（一部達成1件、未達1件、未評価1件）",
        ),
    ],
)
def test_the_title_of_goals_counts_them(statuses: list[str | None], en: str, ja: str) -> None:
    assert goals_title(EN, pd.Series(statuses)) == en
    assert goals_title(JA, pd.Series(statuses)) == ja


def use_rows(*values: float, low: float = 40, median: float = 60, high: float = 80) -> pd.DataFrame:
    quarters = ["2025Q4", "2026Q1", "2026Q2", "2026Q3"][-len(values) :]
    frame = pd.DataFrame({"quarter": quarters, "value": values})
    return frame.assign(peers_low=low, peers_median=median, peers_high=high)


@pytest.mark.parametrize(
    ("value", "words"), [(85, "upper quarter"), (80, "upper quarter"), (79, "middle half"), (40, "lower quarter")]
)
def test_use_is_placed_among_its_peers(value: float, words: str) -> None:
    assert adoption_title(EN, use_rows(50, value)) == (
        f"The Adoption Index is {value}, in the {words} of comparable customers (median 60)"
    )


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ((50, 60), "The Adoption Index rose by 10 to 60 since Q2 2026"),
        ((60, 50), "The Adoption Index fell by 10 to 50 since Q2 2026"),
        ((50.2, 49.8), "The Adoption Index stands at 50, as in Q2 2026"),
        ((np.nan, 50), "The Adoption Index is 50; there is no earlier quarter to compare"),
    ],
)
def test_without_peers_the_title_says_how_use_moved(values: tuple[float, float], title: str) -> None:
    rows = use_rows(*values, low=np.nan, median=np.nan, high=np.nan)
    assert adoption_title(EN, rows) == adoption_moved(EN, rows) == title


def test_the_plan_names_what_comes_next_and_what_is_overdue_and_asks_for_a_review() -> None:
    found = joint_plan(scene())
    assert found.title == "Next: Renewal of the contract, October 8, 2026; 1 step is overdue"
    assert found.so_what == "No next business review is planned: agree on a date."
    review = {"due_on": D("2026-11-01"), "kind": "review", "overdue": False}
    assert joint_plan(scene(joint_plan=[*ROWS["joint_plan"], review])).so_what == ""


def test_one_supporter_alone_is_a_single_thread_and_a_powerful_opponent_is_named() -> None:
    found = power_map(scene())
    assert found.title == "A single thread: of 2 known people only one is for us (Project lead)"
    assert found.so_what == "With high influence and against: Sponsor. Win them before the renewal."


def test_the_nine_areas_are_all_there_and_the_title_counts_those_that_need_action() -> None:
    found = INTERNAL_EXHIBITS["pmbok"](scene())
    assert found.title == "1 of nine areas needs action: Scope"
    assert len(found.data) == len(AREAS)
    assert found.data["evidence"].tolist()[0] == "1 goal missed"
    assert (found.data["level"] == "unknown").sum() == 7


def test_the_score_tells_the_probability_and_the_money() -> None:
    assert score(scene()).title == "40% chance of leaving within 12 months: ¥480 at risk"


def codes_of_evidence() -> Iterator[str]:
    folder = Path(INTERNAL_EXHIBITS["pmbok"].__code__.co_filename).parents[2] / "metrics" / "account" / "pmbok.py"
    yield from set(re.findall(r'"(\w+)"', folder.read_text("utf-8"))) & set(_WORDS)


def test_every_piece_of_evidence_has_words_in_both_languages() -> None:
    assert set(codes_of_evidence()) == set(_WORDS)
    piece = {"n": 2.0, "day": D("2026-10-01"), "name": "live", "status": "good"}
    both = [scene(lang) for lang in ("en", "ja")]
    for code in _WORDS:
        en, ja = (evidence_words(told, {**piece, "code": code}) for told in both)
        assert en and ja and en != ja


def test_a_text_that_is_not_known_is_shown_as_it_stands() -> None:
    assert named(scene(), "criterion", "Fewer_calls <b>") == "Fewer calls <b>"
    assert named(scene(), "criterion", None) == "–"


def test_the_customer_edition_has_no_exhibit_of_the_internal_one() -> None:
    pack = AccountPack(scene(), EXHIBITS, "{quarter} ({months})")
    for id in set(INTERNAL_EXHIBITS) - set(EXHIBITS):
        with pytest.raises(UnknownName):
            pack.exhibit(id)


def test_a_customer_sees_its_own_quarter_beside_the_last_one() -> None:
    use = [
        {"measure": name, "quarter": quarter, "value": value}
        for name, quarter, value in (
            ("adoption_index", "2026Q2", 70.4), ("adoption_index", "2026Q3", 76.6), ("seats", "2026Q3", 0.5),
            ("breadth", "2025Q3", 1.0),
        )
    ]  # fmt: skip
    found = since(scene("en", use=use))
    told = found.data.set_index("name")[["old_words", "new_words", "change_words"]].T.to_dict("list")
    assert told == {
        "Adoption Index (0–100)": ["70", "77", "+6"],
        "Seats in use": ["–", "50%", "–"],
        "Tickets": ["3", "1", "−2"],
        "First response, h": ["2.0", "2.0", "0.0"],
        "Milestones reached so far": ["1", "1", "0"],
    }
    assert found.title == "3 of 5 measures differ from Q2 2026"
    assert since(scene("ja", use=use)).title == "5項目のうち3項目が2026年Q2から変化"
    assert [column.name for column in found.columns] == ["name", "old", "new", "change"]


def test_a_milestone_counts_from_the_quarter_in_which_it_was_reached() -> None:
    steps = [
        {"step": n, "milestone": "live", "reached_on": D(day), "state": "reached"}
        for n, day in enumerate(("2026-06-30", "2026-07-01", "2026-09-30", "2026-10-01"), 1)
    ]
    told = since(scene("en", steps=steps)).data.set_index("name")
    assert told.loc["Milestones reached so far", ["old", "new", "change"]].to_list() == [1, 3, 2]


def test_a_customer_of_its_first_quarter_has_nothing_to_compare() -> None:
    new = {name: [row for row in ROWS[name] if row["quarter"] == "2026Q3"] for name in ("use", "support")}
    found = since(scene("en", steps=[], **new))
    assert found.is_absent
    assert found.title == "Since Q2 2026: nothing to compare"


def test_what_changed_since_the_last_pack_is_read_from_the_account_s_own_rows() -> None:
    frames = {
        "accounts": pd.DataFrame({"account_id": ["a", "b"], "mrr": [90.0, 5.0], "adoption_index": 1.0, "nps": 9.0,
                                  "tickets_90d": float("nan")}),
        "scores": pd.DataFrame({"account_id": ["a"], "p_churn_12": [0.3], "money_at_risk": [480.0]}),
        "attention": pd.DataFrame({"account_id": ["b"], "reasons": [["silence"]]}),
    }  # fmt: skip
    now = scene()
    before = replace(told_of(now.measures), quarter="2026Q2", frames=frames)
    found = since_last_pack(replace(now, before=before)).data.set_index("measure")
    assert found.loc["mrr", ["old", "new", "change"]].to_list() == [90.0, 100.0, 10.0]
    assert found.loc["signs", ["old", "new"]].to_list() == [0.0, 2.0]
    assert found.loc["p_churn_12", "change"] == pytest.approx(0.1)
    assert since_last_pack(now).is_absent


def test_an_account_that_is_not_there_is_an_error_that_names_no_other(tmp_path: Path) -> None:
    folder = scene().measures.save(tmp_path / "customers")
    with pytest.raises(CsworkbenchError) as error:
        open_customer_pack(folder, "2026Q3", "b")
    assert str(error.value) == "no account b was measured. Name it in accounts under [packs]."
