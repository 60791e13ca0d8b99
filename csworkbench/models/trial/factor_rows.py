"""One line of the register of factors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from .hazard_ratio import Ratio


class FactorRow(NamedTuple):
    """One factor in one phase: columns as in the frame factors, p_value in place of q_value."""

    phase: str
    factor: str
    outcome: str
    effect: str
    measure: str
    value: float
    low: float
    high: float
    n_with: int
    n_without: int
    mrr: float
    p_value: float


def row_of(
    phase: str, factor: str, outcome: str, measure: str, ratio: Ratio, counts: tuple[int, int], mrr: float
) -> FactorRow:
    """The row of a ratio: a success where the factor goes with more of what is wished or less of what is not."""
    effect = "success" if (ratio.value > 1) == (outcome != "churn") else "failure"
    limits = ratio.value, ratio.low, ratio.high
    return FactorRow(phase, factor, outcome, effect, measure, *limits, *counts, mrr, ratio.p_value)


def frame_of(rows: Iterable[FactorRow]) -> pd.DataFrame:
    """The rows as a frame."""
    return pd.DataFrame(list(rows), columns=list(FactorRow._fields))
