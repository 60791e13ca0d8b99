from __future__ import annotations

from datetime import date
from itertools import permutations
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_company import accounts, company, items, view_of

from csworkbench.data.expression import ExpressionError
from csworkbench.data.snapshot import View
from csworkbench.errors import CsworkbenchError
from csworkbench.metrics import cohorts
from csworkbench.metrics.questions import Answer, Population, Question, answer, compare, question_of

END = date(2026, 6, 30)


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(END, company(60, seed=3))


@pytest.fixture(scope="module")
def population(view: View) -> Population:
    return Population(view)


@pytest.mark.parametrize("rule", ["on", "on_or_after", "rolling"])
@pytest.mark.parametrize("unit", ["logo", "revenue", "gross_revenue"])
def test_cohorts_by_start_are_the_triangle_of_the_packs(population: Population, unit: str, rule: cohorts.Rule) -> None:
    ours = answer(population, Question(measure=unit, rule=rule, periods=6)).cells
    theirs = cohorts.retention(population.view, unit, rule, "quarter", periods=6)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(
        ours[ours["mature"]].reset_index(drop=True), theirs[theirs["mature"]].reset_index(drop=True), check_dtype=False
    )


def test_every_cell_is_what_its_accounts_say(population: Population) -> None:
    found = answer(population, Question(measure="revenue", by="segment", periods=5))
    for row in found.cells.to_dict("records"):
        behind = found.accounts(row["cohort"], row["period"])
        kept = behind[behind["state"] == "kept"]
        assert len(behind[behind["state"] != "not_over"]) == row["n_mature"]
        assert kept["value"].sum() == pytest.approx(row["value"])
        old = behind[behind["state"] != "not_over"]["mrr_start"].sum()
        assert row["value"] / old == pytest.approx(row["share"])


def test_cohorts_of_a_column_add_up_to_all_together(population: Population) -> None:
    for by in population.columns.columns:
        found = answer(population, Question(by=str(by), periods=4))
        assert (
            found.cells.groupby("period")[["n", "n_mature", "value"]].sum().to_dict()
            == found.whole.set_index("period")[["n", "n_mature", "value"]].to_dict()
        )


def test_gross_retention_of_three_accounts_by_eye() -> None:
    bought = items(
        ("a", "2026-01-10", "2026-05-01", 100),
        ("a", "2026-02-10", "2026-05-01", 50),
        ("b", "2026-01-20", None, 200),
        ("b", "2026-04-01", None, -80),
        ("c", "2026-01-05", None, 100),
    )
    seen = Population(view_of(END, {"accounts": accounts("a", "b", "c"), "subscriptions": bought}))
    share = answer(seen, Question(measure="gross_revenue", grain="month", periods=6)).cells["share"]
    assert share.round(6).to_list() == [1.0, 1.0, 1.0, round(320 / 400, 6), round(220 / 400, 6), round(220 / 400, 6)]
    net = answer(seen, Question(measure="revenue", grain="month", periods=6)).cells["share"]
    assert net.round(6).to_list() == [1.0, 450 / 400, 450 / 400, 370 / 400, 220 / 400, 220 / 400]


def test_mean_adoption_index_and_its_interval_are_students(population: Population) -> None:
    found = answer(population, Question(measure="adoption_index", by="segment", periods=3))
    row = next(r for r in found.cells.to_dict("records") if r["n_mature"] > 3)
    behind = found.accounts(row["cohort"], row["period"])
    values = behind[behind["state"] == "kept"]["value"]
    scipy = pytest.importorskip("scipy.stats")
    low, high = scipy.t.interval(0.95, len(values) - 1, values.mean(), values.sem())
    assert (row["share"], row["low"], row["high"]) == pytest.approx((values.mean(), low, high))


def test_use_before_measuring_began_is_not_called_unused() -> None:
    use = pd.DataFrame({"account_id": ["a", "b"], "day": ["2026-04-03", "2026-05-03"], "feature": "x", "count": 1})
    seen = Population(
        view_of(
            END,
            {
                "accounts": accounts("a", "b"),
                "subscriptions": items(("a", "2026-01-01", None, 1), ("b", "2026-04-01", None, 1)),
                "usage": use,
            },
        )
    )
    cells = answer(seen, Question(measure="usage", grain="month", periods=6)).cells.set_index(["cohort", "period"])
    assert cells.loc["2026-01", "n_mature"].to_list() == [0, 0, 0, 1, 1, 1]
    assert cells.loc["2026-04", "value"].to_list()[:3] == [0, 1, 0]
    rolling = answer(seen, Question(measure="usage", rule="rolling", grain="month", periods=6)).cells.set_index(
        ["cohort", "period"]
    )
    assert rolling.loc["2026-01", "n_mature"].sum() == 0


def test_use_or_later_counts_nobody_for_whom_the_period_was_not_measured() -> None:
    paid = items(("a", "2025-01-01", None, 1.0), ("b", "2025-07-01", None, 1.0))
    days = pd.to_datetime(["2025-08-03", "2025-08-03", "2025-11-03"])
    used = pd.DataFrame({"account_id": ["a", "b", "a"], "day": days, "feature": "report", "users": 1, "count": 1.0})
    view = view_of("2025-12-31", {"accounts": accounts("a", "b"), "subscriptions": paid, "usage": used})
    whole = answer(Population(view), Question(measure="usage", rule="on_or_after", periods=4)).whole
    # period 1: the third quarter of 2025 was measured in part, so that only b counts, and b was not seen in the fourth
    assert whole["n_mature"].to_list() == [0, 1, 0, 1]
    assert whole["value"].fillna(-1).to_list() == [-1, 0, -1, 1]


def test_a_condition_keeps_only_its_rows_and_says_what_it_cannot_read(population: Population) -> None:
    whole = answer(population, Question(where='segment == "smb"'))
    assert set(population.columns.loc[whole.group.dropna().index, "segment"]) == {"smb"}
    assert int(whole.whole["n"].iloc[0]) == int((population.columns["segment"] == "smb").sum())
    for condition in ("segmnt == 1", "segment", "__import__('os')", "segment > 3"):
        with pytest.raises(ExpressionError):
            answer(population, Question(where=condition))


def test_a_column_of_numbers_is_cut_into_quarters_of_the_accounts() -> None:
    known = accounts(*"abcdefgh").assign(employees=range(1, 9))
    bought = items(*((each, "2026-01-01", None, 1.0) for each in "abcdefgh"))
    found = answer(Population(view_of(END, {"accounts": known, "subscriptions": bought})), Question(by="employees"))
    assert found.cells.drop_duplicates("cohort")["n"].to_list() == [2, 2, 2, 2]
    assert found.cohorts[0].startswith("1 to")


@settings(max_examples=40)
@given(st.integers(0, 9), st.integers(5, 9), st.integers(0, 9), st.integers(5, 9))
def test_fishers_p_is_that_of_all_tables(hits_a: int, n_a: int, hits_b: int, n_b: int) -> None:
    from csworkbench.metrics.questions.comparison import _fisher

    hits_a, hits_b = min(hits_a, n_a), min(hits_b, n_b)
    hits, n = hits_a + hits_b, n_a + n_b
    ways = {k: comb(n_a, k) * comb(n_b, hits - k) for k in range(max(0, hits - n_b), min(hits, n_a) + 1)}
    expected = sum(way for way in ways.values() if way <= ways[hits_a]) / comb(n, hits)
    assert _fisher(hits_a, n_a, hits_b, n_b) == pytest.approx(expected)


def test_newcombes_interval_is_the_published_one() -> None:
    from csworkbench.metrics.questions.comparison import _newcombe

    assert _newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_permutation_p_is_near_that_of_all_permutations() -> None:
    from csworkbench.metrics.questions.comparison import _permuted, _ratio

    value, base = np.array([9.0, 8, 7, 3, 2, 1, 4]), np.array([10.0, 9, 9, 9, 10, 9, 10])
    seen = _ratio(value[:3], base[:3]) - _ratio(value[3:], base[3:])
    every = [
        abs(
            _ratio(value[list(order[:3])], base[list(order[:3])])
            - _ratio(value[list(order[3:])], base[list(order[3:])])
        )
        for order in permutations(range(7))
    ]
    assert _permuted(value, base, 3) == pytest.approx(np.mean(np.array(every) >= abs(seen) - 1e-12), abs=0.015)


def _two(n_a: int, kept_a: int, n_b: int, kept_b: int) -> Answer:
    sizes = [("a", n_a, kept_a), ("b", n_b, kept_b)]
    ids = [(f"{name}{k}", name, k < kept) for name, n, kept in sizes for k in range(n)]
    known = pd.DataFrame({"account_id": [each for each, *_ in ids], "segment": [name for _, name, _ in ids]})
    bought = items(*((each, "2026-01-01", None if kept else "2026-02-01", 1.0) for each, _, kept in ids))
    return answer(
        Population(view_of(END, {"accounts": known, "subscriptions": bought})), Question(by="segment", grain="month")
    )


def test_looking_often_makes_a_difference_harder_to_claim() -> None:
    found = _two(30, 29, 30, 20)
    once, often = compare(found, "a", "b", 2), compare(found, "a", "b", 2, looks=40)
    assert (once.verdict, often.verdict) == ("differs", "differs_once")
    assert often.p_adjusted == pytest.approx(min(1, 40 * once.p))
    assert once.low < once.difference < once.high and once.difference == pytest.approx(9 / 30)


def test_four_accounts_are_too_few_to_compare() -> None:
    found = compare(_two(4, 4, 30, 1), "a", "b", 2)
    assert found.verdict == "too_few" and np.isnan(found.p)


def test_a_question_survives_being_written_down_and_a_wrong_one_is_named() -> None:
    asked = Question(measure="revenue", by="plan_at_start", where="employees > 3", periods=7)
    assert question_of(asked.parameters) == asked
    for wrong in (
        {"measure": "profit"},
        {"rule": "off"},
        {"periods": 0},
        {"periods": "3"},
        {"since": "soon"},
        {"bye": "x"},
    ):
        with pytest.raises(CsworkbenchError):
            question_of(wrong)
