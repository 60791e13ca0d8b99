"""An account that nobody asked is neither a detractor nor the opposite of one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbench.models.trial.rules import SIGNALS

ANSWERS = pd.DataFrame({"nps_last": [3.0, 9.0, np.nan, 3.0], "nps_age_days": [10.0, 10.0, np.nan, 400.0]})


@pytest.mark.parametrize("code, expected", [("detractor", [True, False]), ("promoter", [False, True])])
def test_whoever_did_not_answer_within_a_year_is_not_measured(code, expected):
    held = SIGNALS[code].holds(ANSWERS)
    assert held[:2].tolist() == expected
    assert held[2:].isna().all()
