from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.metrics.intervals import shrunk_shares, suppressed, wilson


def test_wilson_interval_is_the_published_one() -> None:
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    low, high = wilson([81, 15, 0, 1], [263, 148, 20, 29])
    assert low.round(4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert high.round(4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


def test_wilson_of_nobody_is_not_defined() -> None:
    low, high = wilson(0, 0)
    assert np.isnan(low)
    assert np.isnan(high)


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_holds_the_share_and_stays_between_0_and_1(hits: int, n: int) -> None:
    low, high = wilson(min(hits, n), n)
    assert 0 <= low <= min(hits, n) / n + 1e-12
    assert min(hits, n) / n - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ([10, 20], [False, False]),
        ([4, 20], [True, True]),
        ([4, 20, 6], [True, False, True]),
        ([2, 2, 9, 8], [True, True, False, True]),
        ([3, 4, 9], [True, True, False]),
        ([0, 9], [False, False]),
        ([0, 0], [False, False]),
        ([3], [True]),
        ([], []),
    ],
)
def test_small_groups_are_hidden_and_none_can_be_computed_back(sizes: list[int], hidden: list[bool]) -> None:
    assert suppressed(sizes).tolist() == hidden


@given(st.lists(st.integers(0, 12), max_size=8))
def test_what_is_hidden_together_is_never_a_small_group_while_another_could_join(sizes: list[int]) -> None:
    hidden = suppressed(sizes)
    together = sum(n for n, hide in zip(sizes, hidden, strict=True) if hide)
    shown = [n for n, hide in zip(sizes, hidden, strict=True) if not hide and n > 0]
    assert all(n >= 5 for n in shown)
    assert not hidden.any() or not shown or (hidden.sum() >= 2 and together >= 5)


def test_books_that_differ_by_chance_only_are_drawn_to_the_share_of_all() -> None:
    drawn = shrunk_shares([5, 5, 5], [10, 10, 10])
    assert drawn["shrunk"].to_list() == [0.5, 0.5, 0.5]
    drawn = shrunk_shares([1, 0], [1, 1])
    assert drawn["shrunk"].to_list() == pytest.approx([(0.5 * 2 + 1) / 3, 1 / 3])


def test_books_that_really_differ_keep_most_of_their_difference() -> None:
    drawn = shrunk_shares([95, 5], [100, 100])
    assert drawn["shrunk"].to_list() == pytest.approx([0.9455, 0.0545], abs=0.001)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8))
def test_a_shrunk_share_lies_between_its_own_and_that_of_all(books: list[tuple[int, int]]) -> None:
    hits, n = [min(h, m) for h, m in books], [m for _, m in books]
    drawn = shrunk_shares(hits, n)
    overall = sum(hits) / sum(n) if sum(n) else 0.5
    own = drawn["share"].fillna(overall)
    assert (drawn["shrunk"] >= np.minimum(own, overall) - 1e-9).all()
    assert (drawn["shrunk"] <= np.maximum(own, overall) + 1e-9).all()
    assert ((drawn["low"] <= drawn["shrunk"]) & (drawn["shrunk"] <= drawn["high"])).all()
