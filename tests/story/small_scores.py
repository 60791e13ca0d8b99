"""The scores of the company of small_quarter.py, small enough to check by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
from small_quarter import BOOK, QUARTER

from csworkbench.models.frames import FRAMES, shaped
from csworkbench.models.quarter import QuarterScores

# account → p(churn) in 3 and 12 months, p(expansion), coverage
CHANCES = {
    "m1": (0.02, 0.08, 0.30, 1.0),
    "m2": (0.05, 0.15, 0.10, 1.0),
    "m4": (0.40, 0.60, 0.02, 0.4),
    "m5": (0.04, 0.12, 0.05, 1.0),
    "m6": (0.03, 0.10, 0.08, 1.0),
    "s1": (0.10, 0.30, 0.05, 0.9),
    "s2": (0.05, 0.20, 0.20, 0.9),
    "s4": (0.06, 0.20, 0.10, 0.9),
    "s5": (0.06, 0.20, 0.05, 0.9),
    "s6": (0.06, 0.20, 0.05, 0.9),
    "s7": (0.08, 0.25, 0.05, 0.9),
}


def score_frame(name: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The frame of scores of that name; columns that the rows leave out are null, 0, False or no items."""
    table = pd.DataFrame(list(rows), columns=list(FRAMES[name]))
    blanks = {"int64": 0, "bool": False}
    for column, type_ in FRAMES[name].items():
        if type_ in blanks:
            table[column] = table[column].astype("object").where(table[column].notna(), blanks[type_])
    return shaped(name, table)


def with_scores(
    scores: QuarterScores, name: str, rows: Sequence[dict[str, Any]] | None, why: str = ""
) -> QuarterScores:
    """The same scores with another frame of that name; None takes it away, for that reason."""
    frames = {key: value for key, value in scores.frames.items() if key != name}
    if rows is None:
        return replace(scores, frames=frames, absent={**scores.absent, name: why or f"no {name} today"})
    return replace(scores, frames={**frames, name: score_frame(name, rows)})


def score_rows() -> list[dict[str, Any]]:
    """One row per account that pays."""
    return [_score_row(*known) for known in BOOK if known[0] in CHANCES]


def _score_row(account: str, name: str, segment: str, before: float, opening: float, mrr: float) -> dict[str, Any]:
    soon, year, grows, coverage = CHANCES[account]
    known = {"account_id": account, "name": name, "segment": segment, "mrr": mrr, "coverage": coverage}
    known |= {"csm": "Aoi K." if segment == "mid" else None, "model": "hazard 1", "band": "green"}
    chances = {f"p_churn_{month}": min(1.0, soon * month / 3) for month in range(1, 12)}
    money = {"money_at_risk": 12 * mrr * year, "expected_expansion_mrr": grows * 0.1 * mrr}
    renews = {"renews_on": "2026-11-15" if account in {"m4", "s1"} else "2027-03-01"}
    return {**known, **chances, "p_churn_12": year, "p_expansion": grows, **money, **renews, "health": 100 * (1 - soon)}


def reason(
    account: str, feature: str, value: str | None, kind: str = "churn", rank: int = 1, up: float = 0.5
) -> dict[str, Any]:
    """One reason of one account."""
    return {
        "account_id": account,
        "kind": kind,
        "rank": rank,
        "feature": feature,
        "code": feature,
        "value": value,
        "contribution": up,
    }


REASONS = [
    reason("m4", "usage_trend_3m", "0.58"),
    reason("m4", "months_to_renewal", "1.5", rank=2),
    reason("m4", "champion_left_180d", "1", rank=3),
    reason("m4", "seats", "40", rank=4),
    reason("m2", "usage_trend_3m", "0.8"),
    reason("m2", "tenure_months", "30", rank=2, up=-0.4),
    reason("s1", "nps_last", "3"),
    reason("m1", "seat_utilisation", "0.97", kind="expansion"),
]  # fmt: skip


def forecast_row(
    kind: str, owner: str, measure: str, expected: float, low: float, high: float, n: int
) -> dict[str, Any]:
    """The forecast of one measure of one owner for the quarter to come."""
    known = {"owner_kind": kind, "owner": owner, "name": owner, "quarter": "2026Q4", "measure": measure}
    return {**known, "expected": expected, "low": low, "high": high, "n_accounts": n}


FORECAST = [
    forecast_row("all", "company", "nnmrr", -1200.0, -6000.0, 2500.0, 11),
    forecast_row("all", "company", "churn", 2000.0, 0.0, 7000.0, 11),
    forecast_row("all", "company", "contraction", 200.0, 0.0, 500.0, 11),
    forecast_row("all", "company", "expansion", 1000.0, 300.0, 2500.0, 11),
    forecast_row("segment", "mid", "nnmrr", -1000.0, -5500.0, 2000.0, 5),
    forecast_row("segment", "smb", "nnmrr", -200.0, -800.0, 400.0, 6),
    forecast_row("csm", "c1", "nnmrr", -1000.0, -5500.0, 2000.0, 5),
]  # fmt: skip


def error_row(quarter: str, expected: float, actual: float, source: str = "sealed", **more: Any) -> dict[str, Any]:
    """How the forecast of net new MRR of one quarter fared; its interval is 3,000 either way."""
    known = {"quarter": quarter, "measure": "nnmrr", "owner_kind": "all", "owner": "company", "source": source}
    low, high = expected - 3000, expected + 3000
    fared = {"expected": expected, "actual": actual, "error": actual - expected, "low": low, "high": high}
    return {**known, **fared, "inside": low <= actual <= high, **more}


ERRORS = [error_row("2026Q2", 500.0, 1000.0, "recomputed"), error_row("2026Q3", -1000.0, -5000.0)]


def card_row(
    score: str, auc: float | None, verdict: str | None = None, segment: str = "all", **more: Any
) -> dict[str, Any]:
    """One row of the scorecard; its interval is .05 either way."""
    ends = (
        {} if auc is None else {"roc_auc": auc, "roc_auc_low": auc - 0.05, "roc_auc_high": auc + 0.05, "lift_10": 3.0}
    )
    known = {"score": score, "segment": segment, "n": 400, "n_events": 40, "verdict": verdict, "n_churners": 30}
    return {**known, **ends, **more}


SCORECARD = [
    card_row("churn_model", 0.82, "beats_naive", brier=0.0312, share_green_churners=0.2, calibration_slope=1.0),
    card_row("weighted", 0.7, "not_better", share_green_churners=0.5),
    card_row("vendor:pottos", 0.68, "not_better", share_green_churners=0.6),
    card_row("naive:usage_halved", 0.71),
    card_row("naive:last_rate", 0.5, brier=0.05),
    *(card_row("churn_model", 0.75, "beats_naive", segment) for segment in ("mid", "smb")),
]

CALIBRATION = [
    {
        "score": "churn_model",
        "bin": 1,
        "n": 200,
        "mean_predicted": 0.01,
        "share_observed": 0.015,
        "low": 0.005,
        "high": 0.04,
    },
    {
        "score": "churn_model",
        "bin": 2,
        "n": 200,
        "mean_predicted": 0.08,
        "share_observed": 0.09,
        "low": 0.05,
        "high": 0.14,
    },
    {"score": "churn_model", "bin": 3, "n": 4, "mean_predicted": 0.5, "share_observed": 0.5, "low": 0.1, "high": 0.9},
]


def signal_row(
    signal: str, kind: str = "churn", n: int = 40, share: float = 0.3, q: float | None = 0.01, **more: Any
) -> dict[str, Any]:
    """One sign of the register; the base rate is a tenth."""
    known = {"signal": signal, "kind": kind, "n_fired": n, "n_true": round(n * share), "q_value": q}
    if n < 5:
        return {**known, "mrr_attached": 0.0, "q_value": None, **more}
    rates = {"precision": share, "low": share - 0.1, "high": share + 0.1, "recall": 0.4, "base_rate": 0.1}
    rest = {
        "lift": share / 0.1,
        "median_lead_days": 61.0,
        "mrr_attached": 9000.0,
        "false_per_true": (1 - share) / share,
    }
    return {**known, **rates, **rest, **more}


SIGNALS = [
    signal_row("usage_halved", accounts_now=2, mrr_now=4500.0),
    signal_row("detractor", share=0.12, q=0.4, accounts_now=1, mrr_now=1000.0),
    signal_row("silent", n=3),
    signal_row("seats_at_limit", "upsell", share=0.25, accounts_now=1, mrr_now=12000.0),
]

SIGNALS_NOW = [
    {"account_id": "m4", "signal": "usage_halved", "kind": "churn", "since": "2026-08-31"},
    {"account_id": "s7", "signal": "usage_halved", "kind": "churn", "since": "2026-09-30"},
    {"account_id": "s1", "signal": "detractor", "kind": "churn", "since": "2026-09-30"},
    {"account_id": "m1", "signal": "seats_at_limit", "kind": "upsell", "since": "2026-06-30"},
]


def factor_row(
    factor: str, value: float, effect: str = "failure", q: float = 0.01, n: int = 20, **more: Any
) -> dict[str, Any]:
    """One factor; its interval is a third either way."""
    known = {"phase": "live", "factor": factor, "effect": effect, "measure": "lift", "value": value, "q_value": q}
    known |= {"outcome": "churn" if effect == "failure" else "expansion"}
    return {**known, "low": value / 1.5, "high": value * 1.5, "n_with": n, "n_without": 40, "mrr": 9000.0, **more}


FACTORS = [
    factor_row("champion_left", 2.4),
    factor_row("review_held", 1.8, "success", measure="hazard_ratio"),
    factor_row("detractor", 1.2, q=0.3),
    factor_row("silent", 5.0, n=4),
    factor_row("low_adoption", 0.4, n=24, phase="operation", measure="named_share", n_without=36, q_value=None),
    factor_row("price_increase", 0.25, n=15, phase="operation", measure="named_share", n_without=45, mrr=12000.0),
]


def left_row(
    account: str, name: str, mrr: float, band: str | None, segment: str = "mid", **more: Any
) -> dict[str, Any]:
    """One account that decided to leave."""
    known = {"account_id": account, "name": name, "segment": segment, "decided_on": "2026-08-20", "mrr": mrr}
    health = {None: None, "green": 95.0, "yellow": 80.0, "red": 40.0}[band]
    rest = {"band_90d_before": band, "health_90d_before": health, "top_reasons": ["usage_trend_3m", "csm_churn_12m"]}
    return {**known, **rest, "weighted_band_90d_before": "green", **more}


LEFT = [left_row("m3", "Cedar", 6000.0, "green"), left_row("s3", "Iris", 500.0, "red", "smb")]

WHITESPACE = [
    {
        "account_id": "m1",
        "product": "Reports",
        "mrr": 900.0,
        "p": 0.3,
        "expected_mrr": 270.0,
        "peers": 0.6,
        "n_peers": 10,
    },
    {
        "account_id": "m2",
        "product": "Reports",
        "mrr": 500.0,
        "p": 0.1,
        "expected_mrr": 50.0,
        "peers": 0.5,
        "n_peers": 8,
    },
    {"account_id": "s1", "product": "Alerts", "mrr": 100.0, "p": 0.8, "expected_mrr": 80.0, "peers": 0.9, "n_peers": 4},
]

ROWS: dict[str, list[dict[str, Any]]] = {
    "scores": score_rows(),
    "reasons": REASONS,
    "whitespace": WHITESPACE,
    "forecast": FORECAST,
    "forecast_errors": ERRORS,
    "scorecard": SCORECARD,
    "calibration": CALIBRATION,
    "signals": SIGNALS,
    "signals_now": SIGNALS_NOW,
    "factors": FACTORS,
    "post_mortem": LEFT,
}


def small_scores() -> QuarterScores:
    """The scores of the end of 2026Q3 of that company; nobody else has these frames."""
    frames = {name: frame.copy() for name, frame in _frames().items()}
    return QuarterScores(as_of=QUARTER.closing, frames=frames, absent={})


@cache
def _frames() -> dict[str, pd.DataFrame]:
    return {name: score_frame(name, rows) for name, rows in ROWS.items()}
