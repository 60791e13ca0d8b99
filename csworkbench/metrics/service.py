"""Support and voice of the customer: tickets, surveys, and where words and use disagree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from ..data.snapshot import View
from .calendar import Quarter
from .rollup import Relation, Rows, query_text, rolled_up
from .usage import RECENT_DAYS

PROMOTER, DETRACTOR = 9, 6
NPS_VALID_DAYS = 365
SAY_DO_CHANGE = 0.25
_KEYS = ["quarter", "segment"]


def service(view: View, quarters: Sequence[Quarter], n_accounts: pd.Series) -> pd.DataFrame:
    """Tickets opened and answers given in each quarter, per segment ("all" included).

    n_accounts: paying accounts at closing, indexed by quarter label and segment ("all" included); one row of the result
    for each. Returns the columns of the frame service: median hours over the tickets opened in the quarter whose end is
    known; shares over the tickets where the flag is known; csat the mean (1–5) of tickets and surveys; nps −100 to 100.
    Null where nothing was measured.
    """
    windows: Rows = [{"quarter": q.label, "opening": q.opening, "closing": q.closing} for q in quarters]
    sums = _sums(view, windows).reindex(n_accounts.index).fillna(0.0)
    hours = median_hours(view, windows, "segment", "'all'").reindex(n_accounts.index)
    n_nps, n_csat = sums["n_nps"], sums["n_csat"]
    measured = pd.DataFrame(
        {
            "tickets": sums["tickets"],
            "tickets_per_account": sums["tickets"] / n_accounts.where(n_accounts > 0),
            "median_first_response_hours": hours["first_response"],
            "median_resolution_hours": hours["resolution"],
            "share_escalated": sums["n_escalated"] / _above_zero(sums["n_escalation_known"]),
            "share_bot": sums["n_bot"] / _above_zero(sums["n_bot_known"]),
            "csat": sums["sum_csat"] / _above_zero(n_csat),
            "nps": 100 * (sums["n_promoters"] - sums["n_detractors"]) / _above_zero(n_nps),
            "n_nps": n_nps,
            "n_csat": n_csat,
        }
    )
    if not view.has("tickets"):
        measured["tickets_per_account"] = float("nan")
    return measured.reset_index()


def _above_zero(counts: pd.Series) -> pd.Series:
    return counts.where(counts > 0)


def _sums(view: View, windows: Rows) -> pd.DataFrame:
    """Counts of tickets and answers per quarter × segment, "all" included; a column of an absent table is 0."""
    names = [("tickets", "ticket_totals"), ("surveys", "survey_totals")]
    found = [rolled_up(view, query, {"windows": windows}) for table, query in names if view.has(table)]
    columns = ["tickets", "n_escalation_known", "n_escalated", "n_bot_known", "n_bot", "n_csat", "sum_csat"]
    long = pd.concat(found).astype(dict.fromkeys(_KEYS, "str")).reset_index(drop=True)
    long = long.reindex(columns=[*_KEYS, *columns, "n_nps", "n_promoters", "n_detractors"])
    numbers = [name for name in long.columns if name not in _KEYS]
    long = long.astype(dict.fromkeys(numbers, "float64"))
    return pd.concat([long, long.assign(segment="all")]).groupby(_KEYS)[numbers].sum()


def median_hours(view: View, windows: Rows, *owners: str) -> pd.DataFrame:
    """Median hours from opening to first_response and resolution of the tickets opened in each window.

    windows: quarter, opening, closing. owners: what the tickets are grouped by, each an SQL expression over account_id
    and segment. Indexed by quarter and owner; null where none is known.
    """
    columns = ["first_response", "resolution"]
    keys = ["quarter", "owner"]
    if not view.has("tickets"):
        return pd.DataFrame(columns=columns, index=pd.MultiIndex.from_arrays([[], []], names=keys), dtype="float64")
    owned = " UNION ALL ".join(f"SELECT quarter, {owner} AS owner, what, seconds FROM answered" for owner in owners)
    relations: dict[str, Relation] = {"windows": windows, "answered": query_text("ticket_seconds"), "owned": owned}
    long = rolled_up(view, "median_seconds", relations)
    long = long.astype({**dict.fromkeys([*keys, "what"], "str"), "median_seconds": "float64"})
    return long.pivot(index=keys, columns="what", values="median_seconds").reindex(columns=columns) / 3600


def account_service(view: View, closing: date) -> pd.DataFrame:
    """Tickets and answers of each account on `closing`: indexed by account_id.

    tickets_open, tickets_90d, tickets_prior_90d (null for an account without tickets), nps (last score, 0–10) and
    nps_on, csat (mean of the last 90 days, tickets and surveys).
    """
    middle = closing - timedelta(days=RECENT_DAYS)
    tickets, answers = _tickets(view, closing, middle), _answers(view, closing, middle)
    both = tickets.join(answers.rename(columns={"n_csat": "n_rated", "sum_csat": "sum_rated"}), how="outer")
    n = both["n_csat"].fillna(0) + both["n_rated"].fillna(0)
    total = both["sum_csat"].fillna(0) + both["sum_rated"].fillna(0)
    both["csat"] = total / _above_zero(n)
    return both[["tickets_open", "tickets_90d", "tickets_prior_90d", "nps", "nps_on", "csat"]].sort_index()


def _tickets(view: View, closing: date, middle: date) -> pd.DataFrame:
    columns = ["tickets_open", "tickets_90d", "tickets_prior_90d", "n_csat", "sum_csat"]
    if not view.has("tickets"):
        return _no_accounts(columns)
    start = middle - timedelta(days=RECENT_DAYS)
    found = rolled_up(view, "account_tickets", through=closing, middle=middle, start=start)
    return found.astype({"account_id": "str", **dict.fromkeys(columns, "float64")}).set_index("account_id")


def _answers(view: View, closing: date, middle: date) -> pd.DataFrame:
    columns = ["nps", "n_csat", "sum_csat"]
    if not view.has("surveys"):
        return _no_accounts(columns).assign(nps_on=pd.Series(dtype="datetime64[us]"))
    found = rolled_up(view, "account_surveys", through=closing, middle=middle)
    types = {"account_id": "str", "nps_on": "datetime64[us]", **dict.fromkeys(columns, "float64")}
    return found.astype(types).set_index("account_id")


def _no_accounts(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns), index=pd.Index([], name="account_id", dtype="str"), dtype="float64")


def say_do(accounts: pd.DataFrame) -> pd.DataFrame:
    """Paying accounts whose last NPS (of the last 365 days) and use disagree.

    accounts: account_id, segment, mrr, nps, nps_age_days, usage_90d, usage_prior_90d. usage_change: share by which use
    of the last 90 days differs from the 90 before. says_well_uses_less: 9 or 10, and a quarter less use or worse.
    says_badly_uses_more: 6 or less, and a quarter more. Returns account_id, segment, mrr, nps, usage_change, gap.
    """
    prior = accounts["usage_prior_90d"]
    change = (accounts["usage_90d"] / prior.where(prior > 0) - 1).round(6)
    heard = (accounts["mrr"] > 0) & (accounts["nps_age_days"] <= NPS_VALID_DAYS)
    well = heard & (accounts["nps"] >= PROMOTER) & (change <= -SAY_DO_CHANGE)
    badly = heard & (accounts["nps"] <= DETRACTOR) & (change >= SAY_DO_CHANGE)
    gap = (
        pd.Series(None, accounts.index, dtype="str")
        .mask(well, "says_well_uses_less")
        .mask(badly, "says_badly_uses_more")
    )
    told = accounts[["account_id", "segment", "mrr", "nps"]].assign(usage_change=change, gap=gap)
    return told[told["gap"].notna()]
