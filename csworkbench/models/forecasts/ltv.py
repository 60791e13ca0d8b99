"""What an account is worth over five years, from how long accounts stay and what they pay."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...data.snapshot import View
from ...metrics.book import mrr_on, paid_spans, segment_of, with_total
from ...metrics.intervals import SMALLEST_GROUP
from ..frames import empty, shaped

Floats = NDArray[np.float64]

HORIZON_MONTHS = 60
WINDOW_MONTHS = 24
BANDS_MONTHS = (0, 12, 24, 36)
FEWEST_EXITS = 5
N_DRAWS = 2_000
LEVEL = 0.90
MONTH_DAYS = 365.25 / 12


def reason_against(view: View) -> str:
    """Why there is no lifetime value; empty when there is one."""
    n = int(life_table(view)["exits"].sum())
    return (
        ""
        if n >= FEWEST_EXITS
        else f"only {n} accounts left in the last {WINDOW_MONTHS} months; {FEWEST_EXITS} are needed"
    )


def ltv(view: View, discount_per_year: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """The frame `ltv`: what an account of the segment brings in its first 60 months, by segment and for "all".

    mrr_per_account: mean MRR of those that pay now. expected_months: months paid for out of 60. ltv: MRR × the sum of
    survival over 60 months, each discounted; currency, revenue and not margin. n_left: exits in the last 24 months.
    Survival is a period life table: exits per account-month of the last 24 months in bands of tenure (years 1, 2, 3
    and after), so accounts that began before the export are counted only while they were watched. low, high: 90%
    interval from gamma posteriors of the rates (prior ½ exit) and the standard error of the mean MRR. Null under 5
    paying accounts. discount_per_year: 0.1 means 10%.
    """
    table, paid = with_total(life_table(view)), with_total(_paying(view))
    month = np.arange(HORIZON_MONTHS)
    value_of_month = (1 + discount_per_year) ** (-month / 12)
    rng = np.random.default_rng(seed)
    rows = [
        _of_segment(str(name), table[table["segment"] == name], of, value_of_month, rng)
        for name, of in paid.groupby("segment")
    ]
    return shaped("ltv", pd.DataFrame(rows)) if rows else empty("ltv")


def life_table(view: View) -> pd.DataFrame:
    """Watched months and exits by segment and band of tenure, over the last 24 months.

    Returns segment, band (first month of tenure), exits, months. One row per segment × band.
    """
    spans = paid_spans(view)
    segment = pd.Series(segment_of(view, spans.index).to_numpy(), spans.index)
    since, until = _month(view.as_of, -WINDOW_MONTHS), pd.Timestamp(view.as_of) + pd.Timedelta(days=1)
    starts, ends = spans["first_paid_on"], spans["paid_until"].where(spans["paid_until"] < until, until)
    left = spans["paid_until"].notna() & (spans["paid_until"] > since) & (spans["paid_until"] <= until)
    tenure = (ends - starts).dt.days / MONTH_DAYS
    watched_from = ((since - starts).dt.days / MONTH_DAYS).clip(lower=0)
    parts = []
    for band, upto in zip(BANDS_MONTHS, (*BANDS_MONTHS[1:], np.inf), strict=True):
        months = (tenure.clip(upper=upto) - watched_from.clip(lower=band)).clip(lower=0)
        exits = left & (tenure > band) & (tenure <= upto)
        sums = (
            pd.DataFrame({"exits": exits.astype("float64"), "months": months}).groupby(segment.rename("segment")).sum()
        )
        parts.append(sums.assign(band=band).reset_index())
    return pd.concat(parts, ignore_index=True)


def _month(day: date, months: int) -> pd.Timestamp:
    return pd.Timestamp(day) + pd.Timedelta(days=1) + pd.DateOffset(months=months)


def _paying(view: View) -> pd.DataFrame:
    mrr = mrr_on(view, [view.as_of]).iloc[:, 0]
    mrr = mrr[mrr > 0]
    return pd.DataFrame({"segment": segment_of(view, mrr.index).to_numpy(), "mrr": mrr.to_numpy()})


def _of_segment(
    name: str, table: pd.DataFrame, paid: pd.DataFrame, value_of_month: Floats, rng: np.random.Generator
) -> dict[str, object]:
    by_band = table.groupby("band")[["exits", "months"]].sum()
    n, mean = len(paid), float(paid["mrr"].mean())
    exits, months = by_band["exits"].to_numpy(), by_band["months"].to_numpy()
    rates = rng.gamma(np.tile(exits + 0.5, (N_DRAWS, 1))) / np.maximum(months, 1.0)
    error = float(paid["mrr"].std(ddof=1)) / np.sqrt(n) if n > 1 else 0.0
    worth = np.maximum(mean + error * rng.standard_normal(N_DRAWS), 0.0) * (survival(rates) @ value_of_month)
    curve = survival((exits + 0.5)[None, :] / np.maximum(months, 1.0))[0]
    value, (low, high) = mean * float(curve @ value_of_month), np.quantile(worth, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    found = {"expected_months": curve.sum(), "ltv": value, "low": min(low, value), "high": max(high, value)}
    shown = found if n >= SMALLEST_GROUP else dict.fromkeys(found, np.nan)
    return {"segment": name, "n_accounts": n, "n_left": int(exits.sum()), "mrr_per_account": mean, **shown}


def survival(rates: Floats) -> Floats:
    """Draw × month (0 … 59): share still there at the start of the month. rates: draw × band, exits per month."""
    place = np.searchsorted(BANDS_MONTHS, np.arange(HORIZON_MONTHS - 1), side="right") - 1
    hazard = np.cumsum(rates[:, place], axis=1)
    return np.asarray(np.exp(-np.concatenate([np.zeros((len(rates), 1)), hazard], axis=1)))
