"""What a plan by quarter or by month says of a quarter."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.trend import targets_of

Q3 = Quarter.parse("2026Q3", 1)


def plan(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame([{"kpi": k, "owner": "company", "period": p, "target": t} for k, p, t in rows])


def by_month(kpi: str, *values: float) -> pd.DataFrame:
    return plan(*((kpi, f"2026-{7 + at:02d}", value) for at, value in enumerate(values)))


@pytest.mark.parametrize(
    ("kpi", "months", "quarter"),
    [
        ("nnmrr", (10.0, 20.0, 30.0), [60.0]),
        ("nnmrr", (10.0, 20.0), []),
        ("mrr_close", (100.0, 110.0, 120.0), [120.0]),
        ("adoption_high_share", (0.40, 0.45, 0.50), [0.50]),
        ("adoption_high_share", (0.40, 0.45), []),
        ("nrr", (1.0, 1.0, 1.0), []),
    ],
)
def test_flows_are_summed_levels_are_the_last_and_monthly_rates_say_nothing(kpi, months, quarter):
    assert list(targets_of(by_month(kpi, *months), kpi, [Q3])["target"]) == quarter


def test_a_plan_of_the_quarter_goes_before_its_months():
    both = pd.concat([by_month("nnmrr", 1.0, 2.0, 3.0), plan(("nnmrr", "2026Q3", 50.0))])
    assert list(targets_of(both, "nnmrr", [Q3])["target"]) == [50.0]
