"""The measures of a company of 13 accounts, small enough to check by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from csworkbench.data.settings import parse_settings
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.frames import FRAMES, shaped
from csworkbench.metrics.measures import QuarterMeasures

QUARTER = Quarter.parse("2026Q3")
TABLES = ("accounts", "subscriptions", "usage", "milestones", "tickets", "surveys", "opportunities", "targets")
SETTINGS = """
[company]
name = "Kagami"
currency = "USD"
languages = ["en", "ja"]
[tables.accounts]
path = "accounts.csv"
[segments.names]
smb = { en = "SMB", ja = "中小企業" }
mid = { en = "Mid-market", ja = "中堅企業" }
[adoption]
bands = { low = 0, medium = 60, high = 85 }
[[journey]]
id = "kickoff"
name = { en = "Kick-off", ja = "キックオフ" }
days = 14
[[journey]]
id = "live"
name = { en = "Live", ja = "稼働" }
days = 30
first_value = true
"""

# account, name, segment, MRR at the end of 2026Q1, 2026Q2 (opening) and 2026Q3 (closing)
BOOK: tuple[tuple[str, str, str, float, float, float], ...] = (
    ("m1", "Aster", "mid", 9000, 10000, 12000),
    ("m2", "Birch", "mid", 8000, 8000, 8000),
    ("m3", "Cedar", "mid", 6000, 6000, 0),
    ("m4", "Dahlia", "mid", 5000, 5000, 4000),
    ("m5", "Elm", "mid", 5000, 5000, 5000),
    ("m6", "Fern", "mid", 6000, 6000, 6000),
    ("s1", "Gorse", "smb", 1000, 1000, 1000),
    ("s2", "Hazel", "smb", 1000, 1000, 1500),
    ("s3", "Iris", "smb", 500, 500, 0),
    ("s4", "Juniper", "smb", 0, 0, 1000),
    ("s5", "Kerria", "smb", 800, 800, 800),
    ("s6", "Larch", "smb", 700, 700, 700),
    ("s7", "Maple", "smb", 0, 0, 500),
)
_RETURNED = "s7"


def frame_of(name: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The frame of that name; columns that the rows leave out are null, 0 or False."""
    table = pd.DataFrame(list(rows), columns=list(FRAMES[name]))
    blanks = {"int64": 0, "bool": False}
    for column, type_ in FRAMES[name].items():
        if type_ in blanks:
            table[column] = table[column].astype("object").where(table[column].notna(), blanks[type_])
    return shaped(name, table)


def with_frame(measures: QuarterMeasures, name: str, frame: pd.DataFrame | None) -> QuarterMeasures:
    """The same measures with another frame of that name; None takes it away, as when its tables are absent."""
    frames = {key: value for key, value in measures.frames.items() if key != name}
    if frame is None:
        return replace(measures, frames=frames, absent={**measures.absent, name: (f"{name}_table",)})
    return replace(measures, frames=MappingProxyType({**frames, name: shaped(name, frame)}))


def moves(account: str, opening: float, closing: float) -> dict[str, float]:
    """The movement of one account between two days."""
    gain, loss = max(closing - opening, 0.0), max(opening - closing, 0.0)
    kind = "reactivation" if account == _RETURNED else "new"
    return {
        "mrr_open": opening,
        "new": gain if not opening and kind == "new" else 0.0,
        "reactivation": gain if not opening and kind == "reactivation" else 0.0,
        "expansion": gain if opening else 0.0,
        "contraction": loss if closing else 0.0,
        "churn": 0.0 if closing else loss,
        "mrr_close": closing,
    }


def movements(book: Sequence[tuple[str, str, str, float, float, float]] = BOOK) -> pd.DataFrame:
    """The movements of that book in 2026Q2 and 2026Q3."""
    rows = []
    for account, _, segment, before, opening, closing in book:
        keys = {"account_id": account, "segment": segment, "csm_id": "c1" if segment == "mid" else None}
        rows.append({"quarter": "2026Q2", **keys, **moves(account, before, opening)})
        rows.append({"quarter": "2026Q3", **keys, **moves(account, opening, closing)})
    return frame_of("movements", [row for row in rows if row["mrr_open"] or row["mrr_close"]])


def trend_of(table: pd.DataFrame) -> pd.DataFrame:
    """mrr_trend of movements, by plain sums."""
    both = pd.concat([table, table.assign(segment="all")])
    rows = [_trend_row(quarter, segment, part) for (quarter, segment), part in both.groupby(["quarter", "segment"])]
    return frame_of("mrr_trend", rows)


def _trend_row(quarter: str, segment: str, part: pd.DataFrame) -> dict[str, Any]:
    held = part[part["mrr_open"] > 0]
    opening, lost = held["mrr_open"].sum(), part["contraction"].sum() + part["churn"].sum()
    gained = part["new"].sum() + part["expansion"].sum()
    n_churned = int((held["mrr_close"] == 0).sum())
    names = ("mrr_open", "mrr_close", "new", "expansion", "contraction", "churn", "reactivation")
    return {
        "quarter": quarter,
        "segment": segment,
        **{name: part[name].sum() for name in names},
        "grr": (opening - lost) / opening if opening else None,
        "nrr": held["mrr_close"].sum() / opening if opening else None,
        "logo_churn": n_churned / len(held) if len(held) else None,
        "quick_ratio": gained / lost if lost else None,
        "n_open": len(held),
        "n_churned": n_churned,
        "n_close": int((part["mrr_close"] > 0).sum()),
    }


def accounts(book: Sequence[tuple[str, str, str, float, float, float]] = BOOK) -> pd.DataFrame:
    """The accounts of that book."""
    rows = [
        {
            "account_id": account,
            "name": name,
            "segment": segment,
            "csm_id": "c1" if segment == "mid" else None,
            "csm": "Aoi K." if segment == "mid" else None,
            "started_on": "2024-05-01",
            "renews_on": "2026-11-15" if account in {"m4", "s1"} else "2027-03-01",
            "mrr": closing,
            "mrr_opening": opening,
            "adoption_index": 40.0 if account == "m4" else 70.0,
            "band": "low" if account == "m4" else "medium",
            "coverage": 1.0,
            "stuck": account == "m4",
        }
        for account, name, segment, _, opening, closing in book
    ]
    return frame_of("accounts", rows)


def cohorts(sizes: dict[str, int] | None = None) -> pd.DataFrame:
    """Cohorts of 2025Q1 to 2026Q3 in both segments: one customer is lost after 4 quarters, the money grows 10% then."""
    sizes = sizes or {"all": 10, "mid": 6, "smb": 4}
    return frame_of("cohorts", [row for segment, n in sizes.items() for row in _cohort_rows(segment, n)])


def _cohort_rows(segment: str, n: int) -> list[dict[str, Any]]:
    labels = ("2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3")
    keys = {"segment": segment, "rule": "on", "n": n}
    rows = []
    for at, cohort in enumerate(labels):
        for period in range(len(labels)):
            mature = at + period < len(labels)
            left, money = (n - 1, 110.0 * n) if period >= 4 else (n, 100.0 * n)
            known = {**keys, "cohort": cohort, "period": period, "n_mature": n if mature else 0, "mature": mature}
            rows.append({**known, "unit": "logo"} | ({"value": left, "share": left / n} if mature else {}))
            rows.append({**known, "unit": "revenue"} | ({"value": money, "share": money / n / 100} if mature else {}))
    return rows


def adoption_bands() -> pd.DataFrame:
    """Accounts and MRR by band; the high band of mid falls from 3 to 2 of 5."""
    counts = {
        ("2026Q2", "mid"): (1, 1, 3),
        ("2026Q3", "mid"): (1, 2, 2),
        ("2026Q2", "smb"): (1, 2, 2),
        ("2026Q3", "smb"): (0, 2, 3),
    }
    for quarter in ("2026Q2", "2026Q3"):
        mid, smb = counts[quarter, "mid"], counts[quarter, "smb"]
        counts[quarter, "all"] = (mid[0] + smb[0], mid[1] + smb[1], mid[2] + smb[2])
    return frame_of("adoption_bands", [row for key, parts in counts.items() for row in _band_rows(*key, parts)])


def _band_rows(quarter: str, segment: str, counts: tuple[int, ...]) -> list[dict[str, Any]]:
    total = sum(counts)
    return [
        {
            "quarter": quarter,
            "segment": segment,
            "band": band,
            "n_accounts": n,
            "mrr": 1000.0 * n,
            "share_accounts": n / total,
            "share_mrr": n / total,
            "target_share": 0.45 if band == "high" else None,
        }
        for band, n in zip(("low", "medium", "high"), counts, strict=True)
    ]


def journey_steps() -> pd.DataFrame:
    """Two steps: of all 20 and 16 in time; live is the weaker one, and weakest in mid."""
    counts = {"all": ((20, 18, 1, 500.0), (16, 8, 3, 9000.0)), "mid": ((10, 9, 1, 500.0), (8, 3, 2, 8000.0))}
    counts["smb"] = ((10, 9, 0, 0.0), (8, 5, 1, 1000.0))
    rows = []
    for segment, steps in counts.items():
        for step, (n, reached, stuck, money) in enumerate(steps, start=1):
            share = reached / n
            known = {"segment": segment, "step": step, "milestone": ("kickoff", "live")[step - 1], "n_eligible": n}
            found = {"n_reached": reached, "share": share, "low": share - 0.1, "high": min(share + 0.1, 1.0)}
            rows.append({**known, **found, "median_days": 10.0 * step, "n_stuck": stuck, "mrr_stuck": money})
    return frame_of("journey_steps", rows)


def targets() -> pd.DataFrame:
    """A plan of the quarter for the company and for mid; smb has none."""
    plans = {
        "company": {"mrr_close": 45000.0, "grr": 0.95, "nrr": 1.01, "logo_churn": 0.05, "churn": 2000.0},
        "mid": {"mrr_close": 40500.0, "grr": 0.95, "nrr": 1.02, "logo_churn": 0.05, "churn": 1500.0},
    }
    rows = [
        {"kpi": kpi, "owner": owner, "period": "2026Q3", "target": value}
        for owner, plan in plans.items()
        for kpi, value in plan.items()
    ]
    return frame_of("targets", rows)


def _others() -> dict[str, pd.DataFrame]:
    """Frames with a row or two."""
    by_segment = ("all", "mid", "smb")
    rates = [
        {"quarter": quarter, "segment": segment, "n_due": 6, "n_renewed": 5, "due_mrr": 6000.0, "renewed_mrr": 5500.0}
        | {"logo_rate": 5 / 6, "gross_rate": 0.9, "net_rate": 5500 / 6000}
        for quarter in ("2026Q2", "2026Q3")
        for segment in by_segment
    ]
    service = [
        {"quarter": quarter, "segment": segment, "tickets": 20, "tickets_per_account": 2.0, "csat": 4.2, "n_csat": 9}
        | {
            "median_first_response_hours": 3.0,
            "median_resolution_hours": 20.0,
            "share_escalated": 0.1,
            "share_bot": 0.3,
        }
        | {"nps": 12.0, "n_nps": 8}
        for quarter in ("2026Q2", "2026Q3")
        for segment in by_segment
    ]
    values = [
        {"segment": segment, "n": 12, "n_reached": 9, "median_days": 40.0, "p75_days": 60.0, "low_days": 30.0}
        | {"high_days": 55.0}
        for segment in by_segment
    ]
    due = {"quarter": "2026Q4", "account_id": "m4", "segment": "mid", "subscription_id": "x1", "due_on": "2026-11-15"}
    done = {**due, "quarter": "2026Q3", "account_id": "m2", "subscription_id": "x2", "due_on": "2026-08-15"}
    return {
        "renewal_rates": frame_of("renewal_rates", rates),
        "service": frame_of("service", service),
        "time_to_value": frame_of("time_to_value", values),
        "renewals": frame_of(
            "renewals",
            [
                {**due, "due_mrr": 4000.0, "csm_call": "unsure"},
                {**done, "due_mrr": 8000.0, "renewed": True, "renewed_mrr": 8000.0},
            ],
        ),
        "attention": frame_of(
            "attention",
            [
                {"rank": 1, "account_id": "m4", "name": "Dahlia", "segment": "mid", "csm": "Aoi K.", "mrr": 4000.0}
                | {"renews_on": "2026-11-15", "reasons": ["adoption_low", "renewal_soon"], "score": 8000.0}
            ],
        ),
        "say_do": frame_of(
            "say_do",
            [
                {"account_id": "m2", "segment": "mid", "mrr": 8000.0, "nps": 9.0, "usage_change": -0.4}
                | {"gap": "says_well_uses_less"}
            ],
        ),
        "freshness": frame_of(
            "freshness",
            [
                {"table": name, "rows": 13, "latest": "2026-09-30", "truly_as_of": name == "subscriptions"}
                | {"dropped_rules": "", "tolerated": ""}
                for name in TABLES
            ],
        ),
        "nnmrr": frame_of("nnmrr", []),
        "adoption": frame_of("adoption", []),
        "journey": frame_of("journey", []),
    }


def small_measures(settings: str = SETTINGS) -> QuarterMeasures:
    """The measures of 2026Q3 of that company; nobody else has these frames."""
    frames = {name: frame.copy() for name, frame in _frames().items()}
    return QuarterMeasures(QUARTER, QUARTER.closing, _settings(settings), TABLES, frames, {})


_settings = cache(parse_settings)


@cache
def _frames() -> dict[str, pd.DataFrame]:
    table = movements()
    return {
        "accounts": accounts(),
        "movements": table,
        "mrr_trend": trend_of(table),
        "cohorts": cohorts(),
        "adoption_bands": adoption_bands(),
        "journey_steps": journey_steps(),
        "targets": targets(),
        **_others(),
    }


def with_book(measures: QuarterMeasures, book: Sequence[tuple[str, str, str, float, float, float]]) -> QuarterMeasures:
    """The same measures for another book of accounts."""
    table = movements(book)
    measures = with_frame(measures, "accounts", accounts(book))
    measures = with_frame(measures, "movements", table)
    return with_frame(measures, "mrr_trend", trend_of(table))
