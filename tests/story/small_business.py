"""The business frames of the small company, and what its last pack said, small enough to check by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
from small_quarter import QUARTER, TABLES, small_measures, with_frame
from small_scores import score_rows, small_scores, with_scores

from csworkbench.metrics.business.frames import FRAMES, shaped
from csworkbench.metrics.business.measures import QuarterBusiness
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.definitions import DEFINITIONS
from csworkbench.story.difference.told import Told, told_of

UNITS = ("all", "mid", "smb")


def business_frame(name: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The business frame of that name; columns that the rows leave out are null, 0 or False."""
    table = pd.DataFrame(list(rows), columns=list(FRAMES[name]))
    blanks = {"int64": 0, "bool": False}
    for column, type_ in FRAMES[name].items():
        if type_ in blanks:
            table[column] = table[column].astype("object").where(table[column].notna(), blanks[type_])
    return shaped(name, table)


def _concentration() -> list[dict[str, Any]]:
    now = {"quarter": "2026Q3", "n": 11, "mrr": 40500.0, "top_1": 0.296, "top_5": 0.864, "top_10": 0.98, "hhi": 1700.0}
    ago = {**now, "quarter": "2025Q3", "top_5": 0.9}
    rows = [
        {**row, "segment": unit, "unit": kind} for row in (now, ago) for unit in UNITS for kind in ("account", "group")
    ]
    return [{**row, "n": 10 if row["unit"] == "group" else 11} for row in rows]


def _groups() -> list[dict[str, Any]]:
    book = (
        ("m1", "Aster", 2, 12000.0),
        ("m2", "Birch", 1, 8000.0),
        ("m6", "Fern", 1, 6000.0),
        ("m5", "Elm", 1, 5000.0),
        ("m4", "Dahlia", 1, 4000.0),
    )
    return [
        {"segment": unit, "rank": at, "group_id": id, "name": name, "n_accounts": n, "mrr": mrr, "share": mrr / 40500}
        for unit in UNITS
        for at, (id, name, n, mrr) in enumerate(book, start=1)
    ]


def _promises() -> list[dict[str, Any]]:
    counts = {
        "action": (12, 8, 0, 0, 4),
        "review": (6, 5, 0, 0, 1),
        "criterion": (3, 1, 1, 1, 0),
        "risk": (5, 4, 0, 0, 1),
    }
    names = ("n", "n_kept", "n_partly", "n_missed", "n_open")
    return [
        {"segment": unit, "kind": kind, **dict(zip(names, values, strict=True))}
        for unit in UNITS
        for kind, values in counts.items()
    ]


def _overdue() -> list[dict[str, Any]]:
    m4 = {"account_id": "m4", "name": "Dahlia", "segment": "mid", "csm": "Aoi K.", "mrr": 4000.0}
    s1 = {"account_id": "s1", "name": "Gorse", "segment": "smb", "mrr": 1000.0}
    return [
        {**m4, "kind": "action", "what": "", "n": 3, "since": "2026-05-10", "due_on": "2026-09-30"},
        {**m4, "kind": "review", "what": "", "n": 1, "since": "2026-08-01", "due_on": "2026-08-01"},
        {**s1, "kind": "criterion", "what": "hours_saved", "n": 1, "since": "2026-03-01", "due_on": "2026-09-01"},
    ]


def _renewals() -> list[dict[str, Any]]:
    rows = [
        ("2026Q4", "m4", "mid", "x1", "2026-11-15", 4000.0, "at_risk"),
        ("2026Q4", "s1", "smb", "x4", "2026-11-20", 1000.0, "commit"),
        ("2027Q1", "m1", "mid", "x2", "2027-02-01", 12000.0, None),
        ("2027Q3", "m2", "mid", "x3", "2027-08-15", 8000.0, None),
    ]
    return [dict(zip(FRAMES["renewals_ahead"], row, strict=True)) for row in rows]


def _profile() -> list[dict[str, Any]]:
    known = {"n": 6, "n_rest": 6}
    size = {"aspect": "mrr", "here": 6000.0, "rest": 800.0, "difference": 5200.0, "low": 3000.0, "high": 7400.0}
    tenure = {"aspect": "tenure_months", "here": 20.5, "rest": 18.0, "difference": 2.5, "low": -3.0, "high": 8.0}
    plan = {
        "aspect": "plan",
        "value": "Starter",
        "here": 0.2,
        "rest": 0.9,
        "difference": -0.7,
        "low": -0.9,
        "high": -0.2,
    }
    return [{**known, "segment": unit, **row} for unit in ("mid", "smb") for row in (size, tenure, plan)]


def _hazard() -> list[dict[str, Any]]:
    bands = [
        (0, 1, 3, 40, 0, 0.0, 0.0, 0.09),
        (3, 10, 12, 50, 5, 0.1, 0.043, 0.214),
        (7, 37, 1200, 200, 2, 0.01, 0.003, 0.036),
    ]
    names = ("band", "from_month", "to_month", "months", "n_left", "hazard", "low", "high")
    return [
        {"segment": unit, "n_accounts": 9, **dict(zip(names, band, strict=True))} for unit in UNITS for band in bands
    ]


def _reasons() -> list[dict[str, Any]]:
    rows = [("low_adoption", 4, 0.5, 0.22, 0.78, 6500.0, 3), ("price_increase", 1, 0.125, 0.02, 0.47, 900.0, 0)]
    names = ("reason", "n", "share", "low", "high", "mrr", "n_preventable")
    rows += [("", 3, 0.375, 0.14, 0.69, 2000.0, 0)]
    return [{"segment": unit, "n_lost": 8, **dict(zip(names, row, strict=True))} for unit in UNITS for row in rows]


def _calls() -> list[dict[str, Any]]:
    return [
        {"segment": unit, "csm_call": call, "n": n, "mrr": 1000.0 * n}
        for unit in UNITS
        for call, n in (("commit", 1), ("likely", 2), ("lost", 1))
    ]


def _responses() -> list[dict[str, Any]]:
    cases = {
        ("any", True): (40, 2),
        ("any", False): (60, 9),
        ("detractor", True): (12, 1),
        ("detractor", False): (3, 1),
    }
    return [
        {"segment": unit, "signal": signal, "acted": acted, "n": n, "n_lost": lost, "mrr": 1.0, "mrr_after": 1.0}
        for unit in UNITS
        for (signal, acted), (n, lost) in cases.items()
    ]


def _prevention() -> list[dict[str, Any]]:
    rows = [
        ("CS", "low_adoption", 4, 6500.0, 3, 5000.0, 1), ("Sales", "price_increase", 1, 900.0, 0, 0.0, 0),
        ("all", "all", 5, 7000.0, 3, 5000.0, 1),
    ]  # fmt: skip
    names = ("department", "reason", "n", "mrr", "n_preventable", "mrr_preventable", "n_closed")
    return [{"segment": unit, **dict(zip(names, row, strict=True))} for unit in UNITS for row in rows]


def _themes() -> list[dict[str, Any]]:
    rows = [
        ("product", "mobile", 6, 2, 5, 9000.0, 0.22), ("product", "audit_export", 3, 4, 3, 4000.0, 0.1),
        ("use_case", "approvals", 2, 0, 2, 5000.0, 0.12), ("product", "gone", 0, 3, 0, 0.0, 0.0),
    ]  # fmt: skip
    names = ("kind", "theme", "n", "n_before", "n_accounts", "mrr", "share")
    return [{"segment": unit, **dict(zip(names, row, strict=True))} for unit in UNITS for row in rows]


ROWS = {
    "concentration": _concentration(), "groups": _groups(), "commitments": _promises(), "overdue": _overdue(),
    "renewals_ahead": _renewals(), "profile": _profile(), "tenure_hazard": _hazard(), "loss_reasons": _reasons(),
    "lost_calls": _calls(), "responses": _responses(), "prevention": _prevention(),
    "themes": _themes(),
}  # fmt: skip


def small_business(**frames: Sequence[dict[str, Any]] | None) -> QuarterBusiness:
    """The business frames of 2026Q3; other rows for those named, None takes a frame away."""
    rows = {**ROWS, **frames}
    own = {name: business_frame(name, found) for name, found in frames.items() if found is not None}
    made = {**{name: frame.copy() for name, frame in _frames().items() if name not in frames}, **own}
    return QuarterBusiness(QUARTER.closing, made, {name: (f"{name}_table",) for name in rows if rows[name] is None})


@cache
def _frames() -> dict[str, pd.DataFrame]:
    return {name: business_frame(name, rows) for name, rows in ROWS.items()}


@cache
def small_before() -> Told:
    """What the pack of 2026Q2 said: an older definition of NRR, other lists, and MRR of 2026Q2 told lower."""
    measures = small_measures()
    trend = measures.frame("mrr_trend")
    trend = trend[trend["quarter"] == "2026Q2"].assign(mrr_close=lambda rows: rows["mrr_close"] - 500.0)
    measures = with_frame(measures, "mrr_trend", trend)
    attention = measures.frame("attention").assign(account_id="m3", name="Cedar", mrr=6000.0)
    measures = with_frame(measures, "attention", attention)
    accounts = measures.frame("accounts")
    measures = with_frame(measures, "accounts", accounts.assign(mrr=accounts["mrr_opening"]))
    bands = measures.frame("adoption_bands")
    measures = with_frame(measures, "adoption_bands", bands[bands["quarter"] == "2026Q2"])
    known = {name: definition.version for name, definition in DEFINITIONS.items()}
    before = replace(measures, quarter=Quarter.parse("2026Q2"), as_of=QUARTER.opening, tables=(*TABLES, "invoices"))
    risks = [{**row, "money_at_risk": 1.0 if row["account_id"] == "m4" else 900.0} for row in score_rows()]
    return told_of(replace(before, definitions={**known, "nrr": 0}), with_scores(small_scores(), "scores", risks))
