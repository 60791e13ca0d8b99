"""CSMs after adjusting for their books: a company checked by eye, a slow second computation, what must hold of any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import isnan, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csworkbench.metrics.team.effects import LEVELS, adjusted, effects, spread
from csworkbench.metrics.team.mix import SMALLEST_CELL, expected, tenure_of

BY_SEGMENT = (("segment",),)


def rows(*books: tuple[str, str, int, int], weight: float = 1.0) -> pd.DataFrame:
    """Accounts written as CSM, segment, number of accounts, how many of them are lost."""
    found = []
    for place, (csm_id, segment, n, lost) in enumerate(books):
        for at in range(n):
            found.append([f"{place}-{at}", csm_id, segment, weight, -weight if at < lost else 0.0])
    return pd.DataFrame(found, columns=["account_id", "csm_id", "segment", "weight", "outcome"])


def test_a_book_of_the_riskier_segment_is_not_blamed_for_its_mix() -> None:
    """20% of small and 5% of large accounts leave with either CSM; raw rates differ by 9 points, effects by none."""
    found = adjusted(rows(("a", "s", 80, 16), ("a", "l", 20, 1), ("b", "s", 20, 4), ("b", "l", 80, 4)), BY_SEGMENT)
    assert found["observed"].tolist() == [-0.17, -0.08]
    assert found["effect"].abs().max() < 1e-12
    assert found["shrunk"].abs().max() < 1e-12


def test_the_effect_is_observed_less_expected_at_the_rates_of_all() -> None:
    """Of 100 small accounts 20 leave, 10 of each CSM's: a has 40 of them, b 60, so 8 and 12 were expected."""
    found = adjusted(rows(("a", "s", 40, 10), ("b", "s", 60, 10)), BY_SEGMENT).set_index("csm_id")
    assert found.loc["a", "expected"] == pytest.approx(-0.2)
    assert found.loc["a", "effect"] == pytest.approx(-10 / 40 + 0.2)
    assert found.loc["b", "effect"] == pytest.approx(-10 / 60 + 0.2)
    assert found.loc["a", "effect"] < found.loc["a", "shrunk"] < 0 < found.loc["b", "shrunk"]
    assert found["n"].tolist() == [40, 60]


def test_accounts_of_a_kind_that_nobody_else_serves_are_not_compared() -> None:
    found = adjusted(rows(("a", "s", 40, 10), ("b", "s", 40, 5), ("b", "x", 30, 29)), BY_SEGMENT).set_index("csm_id")
    assert found.loc["b", "n"] == 40
    assert found.loc["b", "n_book"] == 70
    assert found.loc["b", "observed"] == pytest.approx(-5 / 40)


def test_under_five_accounts_nothing_is_said_nor_what_would_give_it_away() -> None:
    """c has four accounts and is hidden; the effects sum to zero, so the next smallest is hidden too."""
    found = adjusted(rows(("a", "s", 40, 8), ("b", "s", 30, 6), ("c", "s", 4, 2)), BY_SEGMENT).set_index("csm_id")
    assert found["shrunk"].notna().tolist() == [True, False, False]
    assert found["effect"].notna().tolist() == [True, False, False]
    assert found["n"].tolist() == [40, 30, 4]


@pytest.mark.parametrize(("n", "is_used"), [(SMALLEST_CELL, True), (SMALLEST_CELL - 1, False)])
def test_a_cell_under_twenty_rows_passes_them_on_to_the_coarser_one(n: int, is_used: bool) -> None:
    given_rows = rows(("a", "s", 50, 0), ("b", "s", 50, 0), ("a", "s", n // 2, n // 2), ("b", "s", n - n // 2, 0))
    given_rows["plan"] = ["basic"] * 100 + ["pro"] * n
    found = expected(given_rows, (("segment", "plan"), ("segment",)))
    pro = found[given_rows["plan"] == "pro"]
    if is_used:
        assert pro.tolist() == pytest.approx([-(n // 2) / n] * n)
    else:
        assert pro.isna().all()


CSMS = st.sampled_from(["a", "b", "c", "d"])
ACCOUNT = st.tuples(CSMS, st.sampled_from(["s", "m"]), st.sampled_from(["x", "y"]), st.integers(1, 50), st.booleans())
COMPANIES = st.lists(ACCOUNT, min_size=50, max_size=90)
FEWER = settings(max_examples=15)
KEYS = (("segment", "plan"), ("segment",))


def frame(accounts: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    found = pd.DataFrame(accounts, columns=["csm_id", "segment", "plan", "weight", "lost"])
    outcome = -found["weight"].where(found["lost"], 0).astype(float)
    return found.assign(account_id=[str(at) for at in range(len(found))], weight=found["weight"] * 1.0, outcome=outcome)


@FEWER
@given(COMPANIES)
def test_effects_weighted_by_the_book_sum_to_zero(accounts: list[tuple[Any, ...]]) -> None:
    held = frame(accounts)
    found = held.assign(expected=expected(held, KEYS)).dropna(subset=["expected"])
    assert (found["outcome"] - found["expected"]).sum() == pytest.approx(0, abs=1e-9)
    everyone = adjusted(held, KEYS)
    if everyone["effect"].notna().all():
        assert (everyone["effect"] * everyone["weight"]).sum() == pytest.approx(0, abs=1e-9)


@FEWER
@given(COMPANIES, st.randoms())
def test_the_order_of_rows_never_matters(accounts: list[tuple[Any, ...]], random: Any) -> None:
    held = frame(accounts)
    order = list(range(len(held)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(adjusted(held.iloc[order], KEYS), adjusted(held, KEYS), rtol=1e-9)


def slow(held: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """csm_id → effect and standard error, account by account, in plain Python."""
    left, cell_of = held.to_dict("records"), {}
    for keys in KEYS:
        cells = defaultdict(list)
        for row in left:
            cells[tuple(row[key] for key in keys)].append(row)
        usable = {c: rs for c, rs in cells.items() if len(rs) >= 20 and len({r["csm_id"] for r in rs}) >= 2}
        for cell in usable.values():
            rate = sum(r["outcome"] for r in cell) / sum(r["weight"] for r in cell)
            cell_of.update({r["account_id"]: rate * r["weight"] for r in cell})
        left = [row for row in left if row["account_id"] not in cell_of]
    compared = [dict(row, gap=row["outcome"] - cell_of[row["account_id"]]) for row in held.to_dict("records")
                if row["account_id"] in cell_of]  # fmt: skip
    squares, weights = defaultdict(list), defaultdict(list)
    for row in compared:
        squares[row["segment"]].append(row["gap"] ** 2)
        weights[row["segment"]].append(row["weight"] ** 2)
    overall = sum(map(sum, squares.values())) / sum(map(sum, weights.values())) if compared else nan
    per = {}
    for segment, values in weights.items():
        borrowed = 20 * sum(values) / len(values)
        per[segment] = (sum(squares[segment]) + borrowed * overall) / (sum(values) + borrowed)
    found = {}
    for csm_id in {row["csm_id"] for row in compared}:
        own = [row for row in compared if row["csm_id"] == csm_id]
        total = sum(row["weight"] for row in own)
        variance = sum(per[row["segment"]] * row["weight"] ** 2 for row in own)
        found[csm_id] = sum(row["gap"] for row in own) / total, sqrt(variance) / total
    return found


@FEWER
@given(COMPANIES)
def test_effects_and_errors_are_those_of_a_slow_second_computation(accounts: list[tuple[Any, ...]]) -> None:
    held = frame(accounts)
    oracle = slow(held)
    for row in adjusted(held, KEYS).to_dict("records"):
        if not isnan(row["effect"]):
            assert (row["effect"], row["error"]) == pytest.approx(oracle[row["csm_id"]], abs=1e-9)


def test_a_true_difference_between_many_csms_is_found_and_its_size_too() -> None:
    """Forty CSMs whose customers reach a step with probability .7 ± .12: the spread is found, the best are the best."""
    rng = np.random.default_rng(3)
    truth = rng.normal(0, 0.12, 40)
    found = []
    for at, extra in enumerate(truth):
        hits = rng.random(60) < np.clip(0.7 + extra, 0, 1)
        found += [[f"{at}-{k}", f"c{at:02d}", "s", 1, 1.0, float(hit)] for k, hit in enumerate(hits)]
    columns = ["account_id", "csm_id", "segment", "step", "weight", "outcome"]
    both = effects({"steps": pd.DataFrame(found, columns=columns)})
    told = spread(both).iloc[0]
    assert told["low"] < 0.12 < told["high"]
    assert np.corrcoef(both["shrunk"], truth)[0, 1] > 0.85
    inside = (both["low"] <= truth) & (truth <= both["high"])
    assert 0.8 <= inside.mean() <= 1


def test_where_csms_do_not_differ_none_is_apart() -> None:
    """Twenty CSMs with the same truth: without shrinkage about two would be outside of 90%."""
    rng = np.random.default_rng(8)
    found = [[f"{at}-{k}", f"c{at:02d}", "s", 1, 1.0, float(rng.random() < 0.7)] for at in range(20) for k in range(40)]
    columns = ["account_id", "csm_id", "segment", "step", "weight", "outcome"]
    both = effects({"steps": pd.DataFrame(found, columns=columns)})
    assert ((both["low"] > 0) | (both["high"] < 0)).sum() == 0


def test_the_gain_is_what_those_below_would_add() -> None:
    both = effects({"steps": rows(("a", "s", 400, 200), ("b", "s", 400, 100)).assign(step=1)})
    told = spread(both).iloc[0]
    low = both.set_index("csm_id").loc["a"]
    assert told["gain"] == pytest.approx(-low["shrunk"] * 400)
    assert told["n_csms"] == 2


def test_without_rows_there_is_nothing_to_compare() -> None:
    assert effects({}).empty
    assert spread(effects({})).empty
    assert set(LEVELS) == {"nnmrr", "grr", "adoption", "steps"}


def test_tenure_is_banded_by_whole_years() -> None:
    days = pd.Series([0, 364, 365, 1094, 1095, None, -3])
    young, middle, old = "under 1 year", "1 to 3 years", "over 3 years"
    assert tenure_of(days).tolist() == [young, young, middle, middle, old, old, young]
