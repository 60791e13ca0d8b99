"""What stays inside: money, moves, people and their stance, the risk register."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...data.snapshot import View
from ..quarter import QuarterMeasures
from .customer import Maker
from .pmbok import pmbok

_STANDING = [
    "account_id", "segment", "touch_tier", "industry", "csm", "mrr", "mrr_opening", "mrr_year_ago", "tickets_90d",
    "tickets_prior_90d", "csat", "nps", "usage_90d", "usage_prior_90d", "overdue_invoices", "adoption_index",
]  # fmt: skip


def standing(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """One row per account: what it pays, how it uses and what it says; gap as in the frame say_do, null without one."""
    found = measures.frame("accounts")[_STANDING]
    prior = found["usage_prior_90d"]
    found = found.assign(usage_change=found["usage_90d"] / prior.where(prior > 0) - 1)
    if "say_do" not in measures.frames:
        return found.assign(gap=pd.Series(None, found.index, dtype="str"))
    gaps = measures.frame("say_do").set_index("account_id")["gap"]
    return found.assign(gap=found["account_id"].map(gaps))


def signs(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """The accounts that need a person, with the reasons, as in the frame attention."""
    return measures.frame("attention")[["account_id", "reasons"]]


def moves(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """MRR of each of the last quarters with its movements."""
    return measures.frame("movements")


def power_map(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """The people who are there on the closing day, by role; who they are is left out."""
    found = view.sql(
        "SELECT account_id, role, influence, stance, joined_on FROM contacts"
        " WHERE joined_on <= $day AND (departed_on IS NULL OR departed_on > $day)",
        day=measures.quarter.closing,
    )
    return found.astype({"account_id": "str", "influence": "float64", "joined_on": "datetime64[us]"})


def register(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """The open risks."""
    found = view.sql(
        "SELECT account_id, area, opened_on, likelihood, impact_mrr, description, shareable FROM risks"
        " WHERE opened_on <= $day AND (closed_on IS NULL OR closed_on > $day)",
        day=measures.quarter.closing,
    )
    return found.astype({"account_id": "str", "opened_on": "datetime64[us]", "impact_mrr": "float64"})


MAKERS: Mapping[str, tuple[Maker, tuple[str, ...]]] = {
    "standing": (standing, ()),
    "signs": (signs, ()),
    "moves": (moves, ()),
    "power_map": (power_map, ("contacts",)),
    "register": (register, ("risks",)),
    "pmbok": (pmbok, ()),
}
