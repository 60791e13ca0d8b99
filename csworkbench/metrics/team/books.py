"""The size of books: per CSM now, against growth, and of those who joined."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from ...data.snapshot import View
from ..accounts import csm_names
from ..calendar import Quarter, month_index, month_start
from ..rollup import days, query_text, rolled_up

N_MONTHS = 36
NEW_DAYS, ESTABLISHED_DAYS = 183, 365


def month_ends(closing: date, n: int = N_MONTHS) -> list[date]:
    """The last days of the n months that end with the month of `closing`, oldest first."""
    last = month_index(closing) + 1
    return [month_start(index) - timedelta(days=1) for index in range(last - n + 1, last + 1)]


def books(view: View, on: Sequence[date]) -> pd.DataFrame:
    """Paying accounts and MRR in the charge of each CSM on each day: day, csm_id, n_accounts, mrr."""
    relations = {**days(on), "owned": query_text("owners_on_days"), "held": query_text("mrr_on_days")}
    return rolled_up(view, "team/team_books", relations).astype({"csm_id": "str", "day": "datetime64[us]"})


def csms(view: View, books: pd.DataFrame, closing: date) -> pd.DataFrame:
    """Every CSM with the book on `closing`: csm_id, name, joined_on, fte (null when not said), n_accounts, mrr."""
    names = csm_names(view)
    frame = pd.DataFrame({"csm_id": list(names), "name": list(names.values())}).astype("str").set_index("csm_id")
    if view.has("csms"):
        known = view.table("csms").astype({"csm_id": "str"}).set_index("csm_id")[["joined_on", "fte"]]
    else:
        known = pd.DataFrame({"joined_on": pd.NaT, "fte": float("nan")}, index=frame.index)
    now = books[books["day"] == pd.Timestamp(closing)].set_index("csm_id")[["n_accounts", "mrr"]]
    joined = frame.join(known).join(now).fillna({"n_accounts": 0, "mrr": 0.0})
    return pd.DataFrame(joined.reset_index())


def at_work(csms: pd.DataFrame, day: pd.Timestamp, books: pd.DataFrame) -> pd.DataFrame:
    """The CSMs who count on that day, with n_accounts of that day: those with an account, or who joined in 183 days."""
    held = books[books["day"] == day].set_index("csm_id")["n_accounts"]
    n = csms["csm_id"].map(held).fillna(0).astype("int64")
    age_days = (day - csms["joined_on"]).dt.days
    there = (n > 0) | age_days.between(0, NEW_DAYS)
    found: pd.DataFrame = csms.assign(n_accounts=n, fte=csms["fte"].fillna(1.0))[there]
    return found


def growth(csms: pd.DataFrame, books: pd.DataFrame, quarters: Sequence[Quarter], per_csm: float | None) -> pd.DataFrame:
    """Accounts in charge, full-time CSMs and what they can look after at the end of each quarter.

    per_csm: accounts of one full-time CSM by policy; without one capacity is null.
    """
    rows = []
    for quarter in quarters:
        there = at_work(csms, pd.Timestamp(quarter.closing), books)
        fte = math.fsum(there["fte"])
        capacity = fte * per_csm if per_csm else float("nan")
        rows.append([quarter.label, int(there["n_accounts"].sum()), fte, capacity])
    return pd.DataFrame(rows, columns=["quarter", "n_accounts", "fte", "capacity"])


def ramp(csms: pd.DataFrame, books: pd.DataFrame) -> pd.DataFrame:
    """The books of CSMs who joined within the months of `books`, month-end by month-end since they joined.

    full: accounts of a full book, own full-time share × median accounts per full-time CSM of those who joined a year or
    more before; share: n_accounts ÷ full. month: month-ends since joining, 0 for that of the month of joining.
    """
    on = pd.DatetimeIndex(sorted(books["day"].unique()))
    joined = csms[(csms["joined_on"] > on.min()) & (csms["joined_on"] <= on.max())] if len(on) else csms.iloc[:0]
    found = [row for day in on for row in _on_day(csms, joined, books, day)]
    return pd.DataFrame(found, columns=["csm_id", "joined_on", "month", "n_accounts", "full", "share"])


def _on_day(
    csms: pd.DataFrame, joined: pd.DataFrame, books: pd.DataFrame, day: pd.Timestamp
) -> list[tuple[object, ...]]:
    there = at_work(csms, day, books)
    settled = there[~((day - there["joined_on"]).dt.days < ESTABLISHED_DAYS)]
    each = (settled["n_accounts"] / settled["fte"].where(settled["fte"] > 0)).median()
    n_of = there.set_index("csm_id")["n_accounts"]
    rows: list[tuple[object, ...]] = []
    for csm in joined[joined["joined_on"] <= day].to_dict("records"):
        csm_id, joined_on = csm["csm_id"], csm["joined_on"]
        n, full = int(n_of.get(csm_id, 0)), float(each * (1.0 if pd.isna(csm["fte"]) else csm["fte"]))
        month = month_index(day.date()) - month_index(joined_on.date())
        rows.append((csm_id, joined_on, month, n, full, n / full if full else float("nan")))
    return rows
