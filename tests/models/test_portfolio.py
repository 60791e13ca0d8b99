from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.models.forecasts.amounts import Amounts, amounts
from csworkbench.models.forecasts.dispersion import NO_SPREAD
from csworkbench.models.forecasts.portfolio import OUTCOMES, Book, exclusive, shifted, simulated

CALM = dict.fromkeys(OUTCOMES, NO_SPREAD)


def one_size(change: float) -> Amounts:
    return amounts(pd.Series([change]), pd.Series(["any"]))


def book_of(
    mrr: list[float], chances: list[tuple[float, float, float]], sizes: tuple[float, float] = (0.5, 0.2)
) -> Book:
    """Accounts with (p_churn, p_contraction, p_expansion); contraction and expansion have one size each."""
    pools = dict(zip(OUTCOMES[1:], map(one_size, sizes), strict=True))
    cells = {name: np.zeros(len(mrr), dtype=np.int64) for name in pools}
    return Book(np.array(mrr), exclusive(*np.array(chances).T), cells, pools)


def enumerated(book: Book, sizes: tuple[float, float] = (0.5, 0.2)) -> dict[float, float]:
    """Net change of MRR → probability, from every combination of what may happen to every account."""
    effect = [-1.0, -sizes[0], sizes[1], 0.0]
    found: dict[float, float] = {}
    for combination in product(range(4), repeat=len(book.mrr)):
        chance, change = 1.0, 0.0
        for account, outcome in enumerate(combination):
            p = book.chances[:, account]
            chance *= p[outcome] if outcome < 3 else 1 - p.sum()
            change += effect[outcome] * book.mrr[account]
        found[round(change, 6)] = found.get(round(change, 6), 0.0) + chance
    return found


def test_expected_moves_of_two_accounts_are_those_reckoned_by_hand() -> None:
    book = book_of([1000.0, 200.0], [(0.1, 0.2, 0.3), (0.5, 0.0, 0.1)])
    assert book.expected == pytest.approx(np.array([[100, 100], [100, 0], [60, 4]]))


def test_a_simulated_book_has_the_distribution_of_every_combination() -> None:
    book = book_of([1000.0, 200.0, 400.0, 50.0], [(0.1, 0.2, 0.3), (0.5, 0.0, 0.1), (0.05, 0.1, 0.4), (0.0, 0.3, 0.6)])
    exact = enumerated(book)
    moved = simulated(book, pd.Series(list("abab")), CALM, 40_000, seed=3)
    churn, contraction, expansion = moved.of({"a", "b"})
    net = expansion - contraction - churn
    seen = pd.Series(net.round(6)).value_counts(normalize=True)
    assert set(seen.index) <= set(exact)
    for change, chance in exact.items():
        assert seen.get(change, 0.0) == pytest.approx(chance, abs=4.5 * np.sqrt(chance * (1 - chance) / 40_000) + 1e-4)


def test_variance_is_that_of_every_combination() -> None:
    book = book_of([1000.0, 200.0], [(0.1, 0.0, 0.0), (0.5, 0.0, 0.0)])
    exact = enumerated(book)
    mean = sum(change * chance for change, chance in exact.items())
    assert book.variance("churn") == pytest.approx(
        sum(chance * (change - mean) ** 2 for change, chance in exact.items())
    )


def test_without_a_shock_the_chances_stay_and_what_is_certain_stays_so_under_any() -> None:
    chances = exclusive(np.array([0.2, 1.0]), np.array([0.1, 0.0]), np.array([0.3, 0.0]))
    assert shifted(chances, np.zeros((3, 1)))[:, :, 0] == pytest.approx(chances)
    assert shifted(chances, np.full((3, 1), -2.0))[0, 1, 0] == pytest.approx(1.0)


def test_a_shift_of_one_outcome_moves_its_log_odds_by_that_much() -> None:
    chances = exclusive(np.array([0.2]), np.array([0.0]), np.array([0.0]))
    moved = shifted(chances, np.array([[0.7], [0.0], [0.0]]))[0, 0, 0]
    assert np.log(moved / (1 - moved)) == pytest.approx(np.log(0.2 / 0.8) + 0.7)
    assert book_of([10.0], [(0.2, 0.0, 0.0)]).total_at("churn", np.array([0.7]))[0] == pytest.approx(10 * moved)


def test_probabilities_that_sum_to_more_than_one_are_scaled_down_together() -> None:
    assert exclusive(np.array([0.9]), np.array([0.3]), np.array([0.6]))[:, 0] == pytest.approx([0.5, 1 / 6, 1 / 3])


CHANCE = st.floats(0, 1 / 3)
ACCOUNT = st.tuples(st.floats(1, 1e6), st.tuples(CHANCE, CHANCE, CHANCE), st.sampled_from("abc"))


@given(st.lists(ACCOUNT, min_size=1, max_size=12), st.floats(0.01, 1000))
def test_scaling_the_currency_scales_every_draw(
    accounts: list[tuple[float, tuple[float, float, float], str]], factor: float
) -> None:
    mrr, chances, owners = (list(column) for column in zip(*accounts, strict=True))
    plain = simulated(book_of(mrr, chances), pd.Series(owners), CALM, 20, seed=1)
    scaled = simulated(book_of([m * factor for m in mrr], chances), pd.Series(owners), CALM, 20, seed=1)
    assert scaled.money == pytest.approx(plain.money * factor)


@given(st.lists(ACCOUNT, min_size=1, max_size=12))
def test_owners_add_up_to_all_in_every_draw(accounts: list[tuple[float, tuple[float, float, float], str]]) -> None:
    mrr, chances, owners = (list(column) for column in zip(*accounts, strict=True))
    moved = simulated(book_of(mrr, chances), pd.Series(owners), CALM, 20, seed=1)
    assert sum(moved.of({owner}) for owner in moved.owners) == pytest.approx(moved.of(set(moved.owners)))
