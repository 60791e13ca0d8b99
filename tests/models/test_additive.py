"""Columns, families and units of the additive model behind the hazard."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbench.models.leaving.additive import Design, fit_additive
from csworkbench.models.leaving.basis import scaled, term_of


def drawn(n: int = 3_000) -> tuple[pd.DataFrame, np.ndarray]:
    """Three noisy measures of one thing, a skewed one that tells of the event, and the event."""
    rng = np.random.default_rng(5)
    level = rng.normal(size=n)
    frame = pd.DataFrame({name: level + rng.normal(size=n) for name in ("a", "b", "c")})
    frame["money"] = np.exp(rng.normal(0, 1.5, n))
    chance = 1 / (1 + np.exp(2 + level + 0.8 * np.log(frame["money"].to_numpy())))
    return frame, rng.random(n) < chance


def test_the_lines_of_a_family_share_one_group_and_their_bends_do_not():
    frame, _ = drawn()
    alone, together = Design.of(frame), Design.of(frame, {"a": "use", "b": "use", "c": "use"})
    kinds = np.concatenate([term.group for term in together.terms])
    names = np.repeat([term.feature for term in together.terms], [len(term.group) for term in together.terms])
    assert len(set(together.groups[(kinds == 0) & (names != "money")])) == 1
    assert len(set(alone.groups[kinds == 0])) == 4
    assert len(set(together.groups[kinds == 1])) == len(set(alone.groups[kinds == 1])) == 4


def test_a_skewed_number_is_taken_by_its_logarithm_and_so_its_currency_does_not_matter():
    frame, event = drawn()
    dearer = frame.assign(money=frame["money"] * 15_000)
    here = fit_additive(frame, event).log_odds(frame)
    assert fit_additive(dearer, event).log_odds(dearer) == pytest.approx(here, abs=1e-6)


def test_the_unit_is_the_median_of_the_positive_numbers():
    values = pd.Series([0.0, 1.0, 2.0, 3.0, 100.0], name="money")
    assert term_of(values, fades=False).unit == 2.5
    assert scaled(values, 2.5).tolist() == pytest.approx([0.0, np.log(1.4), np.log(1.8), np.log(2.2), np.log(41.0)])
    assert term_of(pd.Series([1.0, 2.0, 3.0], name="even"), fades=False).unit == 0
    assert term_of(pd.Series([-1.0, 1.0, 100.0], name="change"), fades=False).unit == 0


def test_a_gap_stays_a_gap_on_any_scale():
    assert np.isnan(scaled(pd.Series([np.nan, 1.0]), 1.0).iloc[0])
