"""Characters, competencies, interviews and trainings: small cases by eye, and what must hold of any."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.data.settings import Team
from csworkbench.metrics.team.characters import CHARACTERS, TEAM, asked, calls, rated
from csworkbench.metrics.team.characters import given as gives
from csworkbench.metrics.team.people import (
    competencies,
    hedges_g,
    hires,
    interviews,
    ratings,
    top_csms,
    trainings,
)

WORDS = Team().characters
CLOSING = date(2026, 9, 30)


def shares(frame: pd.DataFrame, owner: str) -> dict[str, float]:
    return frame[frame["owner"] == owner].set_index("character")["share"].to_dict()


def hours(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["csm_id", "function", "hours"]).assign(n=1)


def test_given_shares_are_of_hours_by_function() -> None:
    found = gives(hours(("m", "csm_ae", 1), ("m", "onboarding", 3), ("n", "analysis", 4), ("n", "golf", 9)), WORDS)
    assert shares(found, "m") == {"seller": 0.25, "supporter": 0.75, "analyst": 0.0}
    assert shares(found, "n") == {"seller": 0.0, "supporter": 0.0, "analyst": 1.0}
    assert shares(found, TEAM) == {"seller": 0.125, "supporter": 0.375, "analyst": 0.5}


def test_rated_shares_are_of_what_is_above_the_lowest_mark_and_the_team_weighs_full_time() -> None:
    known = ["negotiation", "listening", "planning", "analysis"]
    marks = pd.DataFrame({"csm_id": list("mmmn"), "competency": known, "score": [3.0, 4.0, 2.0, 5.0], "n_ratings": 2})
    found = rated(marks, pd.Series({"m": 1.0, "n": 0.5}), WORDS)
    assert shares(found, "m") == {"seller": 0.5, "supporter": 0.5, "analyst": 0.0}
    assert shares(found, TEAM) == pytest.approx({"seller": 1 / 3, "supporter": 1 / 3, "analyst": 1 / 3})


@given(st.lists(st.tuples(st.sampled_from("mno"), st.sampled_from(["csm_ae", "adoption", "analysis", "golf"]),
                          st.floats(0.25, 99)), min_size=1))  # fmt: skip
def test_shares_of_every_owner_sum_to_one(rows: list[tuple[str, str, float]]) -> None:
    found = gives(hours(*rows), WORDS)
    assert found.groupby("owner")["share"].sum().tolist() == pytest.approx([1.0] * found["owner"].nunique())
    assert found["share"].between(0, 1).all()


QUIET = {
    "renewal_in_days": None, "n_open_sales": None, "days_since_start": 900, "is_on_the_way": False, "stuck": False,
    "is_lowest_band": False, "fell_points": 0.0, "tickets_90d": 0.0, "champion_left": False, "nps": 9.0,
    "coverage": 1.0, "has_gap": False, "usage_90d": 10.0, "usage_prior_90d": 10.0,
}  # fmt: skip
CALLS = {
    "seller": [{"renewal_in_days": 180}, {"renewal_in_days": 0}, {"n_open_sales": 1}],
    "supporter": [{"days_since_start": 365, "is_on_the_way": True}, {"stuck": True}, {"is_lowest_band": True},
                  {"fell_points": 15}, {"tickets_90d": 5}, {"champion_left": True}, {"nps": 6}],
    "analyst": [{"coverage": 0.9}, {"has_gap": True}, {"usage_90d": 7.4}],
}  # fmt: skip
NO_CALLS = [
    {}, {"renewal_in_days": 181}, {"renewal_in_days": -1}, {"days_since_start": 366, "is_on_the_way": True},
    {"days_since_start": 10}, {"fell_points": 14.9}, {"tickets_90d": 4}, {"nps": 7}, {"nps": None},
    {"usage_90d": 7.5}, {"usage_90d": 7.4, "tickets_90d": 1}, {"usage_90d": None}, {"champion_left": None},
]  # fmt: skip


def account(changed: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame([{**QUIET, **changed}])
    flags = ["stuck", "champion_left"]
    return frame.astype({**dict.fromkeys(flags, "boolean"), "nps": "float64", "renewal_in_days": "float64"})


@pytest.mark.parametrize(("character", "changed"), [(name, each) for name in CALLS for each in CALLS[name]])
def test_an_account_calls_for_the_character_of_its_situation(character: str, changed: dict[str, object]) -> None:
    found = calls(account(changed)).iloc[0]
    assert found.to_dict() == {name: name == character for name in CHARACTERS}


@pytest.mark.parametrize("changed", NO_CALLS)
def test_what_is_quiet_or_not_measured_calls_for_nobody(changed: dict[str, object]) -> None:
    assert not calls(account(changed)).iloc[0].any()


def test_an_account_that_calls_for_two_gives_each_half() -> None:
    rows = pd.DataFrame([[True, True, False], [True, False, False], [False, False, False], [True, True, True]],
                        columns=list(CHARACTERS))  # fmt: skip
    found = asked(rows, pd.Series(["m", "m", "m", None], dtype="str"))
    assert shares(found, "m") == {"seller": 0.75, "supporter": 0.25, "analyst": 0.0}
    assert found[found["owner"] == TEAM].set_index("character")["n"].to_dict() == {
        "seller": 2,
        "supporter": 1,
        "analyst": 0,
    }


def test_hedges_g_is_that_of_a_case_worked_by_hand() -> None:
    """Means 8 and 5, both variances 1: d = 3, correction 1 − 3/23 for 4 + 4 − 2 degrees of freedom ⇒ g = 2.6087."""
    first, second = np.array([7.0, 8.0, 9.0, 8.0]), np.array([4.0, 5.0, 6.0, 5.0])
    spread = np.sqrt(2 / 3)
    g, low, high = hedges_g(first, second)
    assert g == pytest.approx((1 - 3 / 23) * 3 / spread)
    half = 1.6448536 * np.sqrt(8 / 16 + g**2 / 16)
    assert (low, high) == pytest.approx((g - half, g + half))
    assert hedges_g(second, first)[0] == pytest.approx(-g)
    assert np.isnan(hedges_g(first[:2], second)).all()
    assert np.isnan(hedges_g(first * 0, second * 0)).all()


def effects(*rows: tuple[str, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["csm_id", "shrunk"]).astype({"shrunk": "float64"})
    return frame.assign(measure="nnmrr")


def test_the_better_half_is_by_adjusted_nnmrr_and_ties_by_id() -> None:
    assert top_csms(effects(("a", 0.1), ("b", 0.3), ("c", 0.1), ("d", -0.2), ("e", None))) == {"a", "b"}
    assert top_csms(effects(("a", 0.1))) == set()


def test_ratings_are_means_of_the_last_year() -> None:
    rows = [["m", "listening", 3, "2025-10-01", "R1"], ["m", "listening", 4, "2026-09-30", "R2"],
            ["m", "listening", 1, "2025-09-30", "R1"], ["m", "listening", 5, "2026-10-01", "R1"]]  # fmt: skip
    table = pd.DataFrame(rows, columns=["csm_id", "competency", "score", "rated_on", "rater"])
    found = ratings(table.astype({"rated_on": "datetime64[us]", "score": "float64"}), CLOSING)
    assert found.values.tolist() == [["m", "listening", 3.5, 2, 2]]


def test_competencies_compare_the_better_half_with_the_rest_of_those_compared() -> None:
    known = effects(*((name, at / 10) for at, name in enumerate("abcdefgh")), ("z", None))
    marks = pd.DataFrame({"csm_id": list("abcdefghz"), "competency": "listening",
                          "score": [1.0, 2, 1, 2, 4, 5, 4, 5, 1], "n_ratings": 2})  # fmt: skip
    row = competencies(marks, known).iloc[0]
    assert (row["n_top"], row["n_rest"], row["top"], row["rest"]) == (4, 4, 4.5, 1.5)
    assert row["effect"] > 2
    few = competencies(marks[marks["csm_id"].isin(list("abcde"))], known).iloc[0]
    assert np.isnan(few["effect"])


ANSWERS = pd.DataFrame(
    [
        ["p1", "story", "analysis", 0.6, 4.0, "R1", "m"],
        ["p1", "story", "analysis", 0.6, 2.0, "R2", "m"],
        ["p1", "data", "analysis", 0.4, 5.0, "R1", "m"],
        ["p2", "story", "analysis", 0.6, 2.0, "R1", None],
        ["p2", "story", "analysis", 0.6, 1.0, "R2", None],
    ],
    columns=["candidate_id", "question", "competency", "weight", "score", "rater", "csm_id"],
)


def test_interviews_are_means_per_candidate_and_agreement_is_within_a_point() -> None:
    found = interviews(ANSWERS).set_index("question")
    row = found.loc["story"]
    assert (row["hired"], row["n_hired"], row["others"], row["n_others"]) == (3.0, 1, 1.5, 1)
    assert (row["agreement"], row["n_pairs"]) == (0.5, 2)
    assert np.isnan(found.loc["data", "agreement"])


def test_the_scorecard_of_a_hire_weighs_its_questions() -> None:
    found = hires(ANSWERS, effects(("m", 0.02))).iloc[0]
    assert found["scorecard"] == pytest.approx((0.6 * 4 + 0.6 * 2 + 0.4 * 5) / 1.6)
    assert (found["candidate_id"], found["n_answers"], found["effect"]) == ("p1", 3, 0.02)


def test_trainings_tell_completion_where_people_are_stuck_and_steps_around() -> None:
    rows = [["m", "walk", "2026-03-01", True, None], ["n", "walk", "2026-03-01", False, "kickoff"],
            ["o", "walk", "2026-03-01", None, "kickoff"]]  # fmt: skip
    attended = pd.DataFrame(rows, columns=["csm_id", "training", "attended_on", "completed", "stuck_at"])
    attended = attended.astype({"attended_on": "datetime64[us]", "completed": "boolean"})
    on = ["2025-09-02", "2025-09-01", "2026-02-28", "2026-03-01", "2026-08-27", "2026-08-28"]
    steps = pd.DataFrame({"csm_id": ["m"] * 6 + ["n"], "previous_on": [*on, "2026-02-01"],
                          "outcome": [1.0, 0, 0, 1, 1, 0, 0]}).astype({"previous_on": "datetime64[us]"})  # fmt: skip
    row = trainings(attended, steps).iloc[0]
    assert (row["n"], row["n_completed"], row["share"], row["stuck_at"]) == (2, 1, 0.5, "kickoff")
    assert (row["n_before"], row["before"], row["n_after"], row["after"]) == (2, 0.5, 2, 1.0)
    assert trainings(attended, None).iloc[0]["n_before"] == 0


def test_words_that_show_no_character_give_no_shares() -> None:
    marks = pd.DataFrame({"csm_id": ["m"], "competency": ["golf"], "score": [3.0], "n_ratings": 2})
    assert rated(marks, pd.Series({"m": 1.0}), WORDS).empty
    assert gives(hours(("m", "golf", 1.0)), WORDS).empty
    assert rated(marks.assign(competency="analysis", score=1.0), pd.Series({"m": 1.0}), WORDS).empty
