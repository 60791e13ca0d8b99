"""Chance: exact tails, and findings among many."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control
from scipy.stats import fisher_exact as scipy_fisher

from csworkbench.models.trial.significance import benjamini_hochberg, binomial_tail, fisher_exact, two_sided_z


def test_the_tail_by_exact_fractions():
    exact = sum(comb(10, k) * Fraction(1, 4) ** k * Fraction(3, 4) ** (10 - k) for k in range(6, 11))
    assert binomial_tail(6, 10, 0.25) == pytest.approx(float(exact), rel=1e-12)


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.001, 0.999))
def test_the_tail_equals_that_of_scipy(hits, more, share):
    n = hits + more
    assert binomial_tail(hits, n, share) == pytest.approx(float(binom.sf(hits - 1, n, share)), rel=1e-7, abs=1e-290)


def test_a_share_of_0_or_1_leaves_nothing_to_chance():
    assert (binomial_tail(1, 5, 0.0), binomial_tail(5, 5, 1.0), binomial_tail(0, 0, 0.3)) == (0, 1, 1)


def test_the_published_example_of_fifteen_p_values():
    # Benjamini and Hochberg (1995), section 4: four of fifteen are found at .05
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1,
    ]
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_q_values_equal_those_of_scipy(p):
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p))


def test_what_was_not_tested_is_not_counted():
    found = benjamini_hochberg([0.01, np.nan, 0.04])
    assert found[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(found[1])


@given(st.integers(0, 25), st.integers(0, 25), st.integers(0, 25), st.integers(0, 25))
def test_fisher_equals_that_of_scipy(hits, misses, hits_other, misses_other):
    expected = scipy_fisher([[hits, misses], [hits_other, misses_other]]).pvalue
    assert fisher_exact(hits, hits + misses, hits_other, hits_other + misses_other) == pytest.approx(expected, rel=1e-6)


def test_half_width_of_the_usual_interval():
    assert two_sided_z(0.95) == pytest.approx(1.959964, abs=1e-6)
