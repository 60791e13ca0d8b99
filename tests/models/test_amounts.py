from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.models.forecasts.amounts import amounts, fenced

TWO_CELLS = amounts(pd.Series([0.1, 0.3, 0.2, 0.6, 0.4]), pd.Series(["smb", "smb", "ent", "ent", "ent"]))


def test_a_cell_is_trusted_by_its_size_and_the_rest_comes_from_all() -> None:
    trust = 2 / 22
    expected = trust * 0.2 + (1 - trust) * 0.32
    assert TWO_CELLS.mean(TWO_CELLS.codes(pd.Series(["smb"])))[0] == pytest.approx(expected)


def test_a_cell_never_seen_has_the_amounts_of_all() -> None:
    codes = TWO_CELLS.codes(pd.Series(["public"]))
    assert TWO_CELLS.mean(codes)[0] == pytest.approx(0.32)
    assert TWO_CELLS.quantile(codes, 0.5)[0] == pytest.approx(0.3)


def test_the_quantile_is_that_of_the_mixture() -> None:
    codes = TWO_CELLS.codes(pd.Series(["smb"]))
    drawn = TWO_CELLS.drawn(np.repeat(codes, 50_000), np.random.default_rng(1))
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        below = (
            (drawn < TWO_CELLS.quantile(codes, share)[0]).mean(),
            (drawn <= TWO_CELLS.quantile(codes, share)[0]).mean(),
        )
        assert below[0] - 0.01 <= share <= below[1] + 0.01


def test_drawn_amounts_have_the_mean_that_is_promised() -> None:
    codes = TWO_CELLS.codes(pd.Series(["ent"]))
    drawn = TWO_CELLS.drawn(np.repeat(codes, 50_000), np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(TWO_CELLS.mean(codes)[0], abs=0.003)
    assert (drawn**2).mean() == pytest.approx(TWO_CELLS.mean(codes, 2)[0], abs=0.003)


def test_without_any_past_change_nothing_moves() -> None:
    none = amounts(pd.Series([], dtype="float64"), pd.Series([], dtype="str"))
    codes = none.codes(pd.Series(["smb"]))
    assert (none.n, none.mean(codes)[0], none.quantile(codes, 0.5)[0]) == (0, 0, 0)
    assert none.drawn(codes, np.random.default_rng(0))[0] == 0


def test_one_account_that_grew_a_thousandfold_does_not_set_the_expectation() -> None:
    usual = [0.1, 0.12, 0.15, 0.2, 0.22, 0.25, 0.3]
    assert amounts(pd.Series([*usual, 1000.0]), pd.Series(["smb"] * 8)).mean(np.array([0]))[0] < 0.31
    assert fenced(np.array([*usual, 0.9])).max() == 0.9


@given(st.lists(st.floats(0.001, 5), min_size=1, max_size=40), st.randoms())
def test_the_order_of_past_changes_does_not_matter(changes: list[float], random: object) -> None:
    mixed = list(changes)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    cells = pd.Series(["smb"] * len(changes))
    assert (amounts(pd.Series(changes), cells).values == amounts(pd.Series(mixed), cells).values).all()
