"""Partial pooling: the eight schools as published, what must hold of any estimates, how often intervals hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.metrics.team.pooling import partial_pooling

# Rubin (1981): effects of coaching in eight schools and their standard errors.
EFFECT = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0]
ERROR = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0]
# Gelman et al., Bayesian Data Analysis (3rd edition), table 5.3: medians and 95% intervals of the schools' effects.
MEDIANS = [10, 8, 7, 8, 5, 6, 10, 8]
LOW = [-2, -5, -11, -7, -9, -7, -1, -6]
HIGH = [31, 23, 19, 21, 18, 28, 26, 33]

NUMBERS = st.floats(-1, 1).map(lambda value: round(value, 4))
BOOKS = st.lists(st.tuples(NUMBERS, st.floats(0.01, 1)), min_size=2, max_size=12)


def test_the_eight_schools_come_out_as_published() -> None:
    found = partial_pooling(EFFECT, ERROR, level=0.95)
    assert np.abs(found.groups["shrunk"] - MEDIANS).max() < 1.8
    assert np.abs(found.groups["low"] - LOW).median() < 2.5
    assert np.abs(found.groups["high"] - HIGH).median() < 3.5
    assert 4 < found.spread < 7.5
    assert found.low < 1 < 15 < found.high


def slow(effect: list[float], error: list[float]) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each true effect by drawing from the model: spread, then effects, weighted."""
    rng = np.random.default_rng(5)
    y, se = np.array(effect), np.array(error)
    top = 4 * (y.max() - y.min()) + 4 * se.min()
    spread = rng.uniform(0, top, 200_000)
    theta = rng.normal(0, 1, (len(spread), len(y))) * spread[:, None]
    weight = np.exp(-0.5 * (((y - theta) / se) ** 2).sum(axis=1))
    mean = weight @ theta / weight.sum()
    return list(mean), list(np.sqrt(weight @ (theta - mean) ** 2 / weight.sum()))


def test_around_a_known_centre_it_is_what_drawing_from_the_model_gives() -> None:
    effect, error = [0.3, -0.1, 0.2], [0.2, 0.1, 0.3]
    found = partial_pooling(effect, error, centre=0.0).groups
    mean, deviation = slow(effect, error)
    assert found["shrunk"].to_numpy() == pytest.approx(mean, abs=0.004)
    half = (found["high"] - found["low"]) / 2 / 1.6449
    assert half.to_numpy() == pytest.approx(deviation, abs=0.004)


@given(BOOKS)
def test_a_shrunk_effect_lies_between_its_own_and_the_pooled_one(books: list[tuple[float, float]]) -> None:
    effect, error = (np.array(values) for values in zip(*books, strict=True))
    found = partial_pooling(effect, error, centre=0.0).groups
    assert (found["shrunk"].abs() <= np.abs(effect) + 1e-12).all()
    assert (found["shrunk"] * effect >= -1e-12).all()
    assert ((found["low"] <= found["shrunk"]) & (found["shrunk"] <= found["high"])).all()


@given(BOOKS, st.randoms())
def test_the_order_of_the_books_never_matters(books: list[tuple[float, float]], random: object) -> None:
    mixed = list(books)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    known = dict(zip(books, partial_pooling(*zip(*books, strict=True), centre=0.0).groups["shrunk"], strict=True))
    found = dict(zip(mixed, partial_pooling(*zip(*mixed, strict=True), centre=0.0).groups["shrunk"], strict=True))
    assert found == pytest.approx(known)


def test_the_less_a_book_tells_the_more_it_is_drawn() -> None:
    found = partial_pooling([0.2, 0.2, -0.2], [0.01, 0.3, 0.1], centre=0.0).groups
    assert found["shrunk"][0] > 0.19
    assert 0 < found["shrunk"][1] < 0.15


def test_one_book_alone_tells_nothing_of_a_spread() -> None:
    found = partial_pooling([0.2], [0.1], centre=0.0)
    assert np.isnan(found.spread)
    assert found.groups["shrunk"].tolist() == [0.2]
    assert partial_pooling([], [], centre=0.0).groups.empty


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.2])
def test_ninety_per_cent_intervals_hold_the_truth_about_that_often(spread: float) -> None:
    rng = np.random.default_rng(11)
    held: list[bool] = []
    for _ in range(300):
        error = rng.uniform(0.05, 0.15, 8)
        truth = rng.normal(0, spread, 8)
        found = partial_pooling(truth + rng.normal(0, error), error, centre=0.0).groups
        held += [*((found["low"] <= truth) & (truth <= found["high"]))]
    assert 0.87 < np.mean(held) <= 1.0
    assert isinstance(found, pd.DataFrame)
