"""One row per account: everything the packs say of it on the closing day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from ..data.asof import UNASSIGNED
from ..data.settings import Milestone
from ..data.snapshot import View
from .book import attributes, owners_on
from .rollup import rolled_up
from .service import account_service
from .usage import grain_days, lag_days, recent_use

CHAMPION_LEFT_DAYS = 180
_TEXT = ("name", "segment", "touch_tier", "industry", "country")


def described(view: View, ids: pd.Index, closing: date) -> pd.DataFrame:
    """Who the accounts are: indexed by account_id; name (the id when unnamed), segment …, started_on, csm_id, csm."""
    known = attributes(view)[[*_TEXT, "started_on"]].reindex(ids).rename_axis("account_id")
    known["name"] = known["name"].astype("str").fillna(ids.to_series().astype("str"))
    known["segment"] = known["segment"].astype("str").fillna(UNASSIGNED)
    known["csm_id"] = owners_on(view, [closing]).iloc[:, 0].reindex(ids)
    known["csm"] = known["csm_id"].map(csm_names(view))
    return known


def csm_names(view: View) -> dict[str, str]:
    """The name of every CSM by csm_id, the id where there is no name."""
    if view.has("csms"):
        frame = view.sql("SELECT csm_id, coalesce(name, csm_id) AS name FROM csms")
        names = dict(zip(frame["csm_id"].astype("str"), frame["name"].astype("str"), strict=True))
    else:
        names = {}
    if view.has("assignments"):
        assigned = view.sql("SELECT DISTINCT csm_id FROM assignments")["csm_id"].astype("str")
        names = {**{csm_id: csm_id for csm_id in assigned}, **names}
    return names


def renews_next(view: View, closing: date) -> pd.Series:
    """The next renewal date after `closing` of each account that has one; indexed by account_id."""
    found = rolled_up(view, "renews_next", day=closing)
    return _by_account(found, {"renews_on": "datetime64[us]"})["renews_on"]


def signals(view: View, closing: date) -> pd.DataFrame:
    """Use, service, invoices and champions of each account on `closing`: indexed by account_id.

    Columns: those of `recent_use` and `account_service`, days_silent (since the last period with use, or since
    measuring began), nps_age_days, overdue_invoices, champion_left (a champion left within 180 days and none is
    there). The columns of an absent table are all null.
    """
    found = account_service(view, closing) if view.has("tickets") or view.has("surveys") else _none(_SERVICE)
    parts = [found, _use(view, closing), overdue_invoices(view, closing), champions(view, closing)]
    joined = pd.concat(parts, axis=1)
    joined["nps_age_days"] = (pd.Timestamp(closing) - joined["nps_on"].astype("datetime64[us]")).dt.days
    return joined.rename_axis("account_id")


_SERVICE = ("tickets_open", "tickets_90d", "tickets_prior_90d", "nps", "nps_on", "csat")
_USE = ("first_on", "last_used_on", "usage_90d", "usage_prior_90d", "days_silent")


def _none(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns), index=pd.Index([], name="account_id", dtype="str"), dtype="float64")


def _by_account(frame: pd.DataFrame, types: dict[str, str]) -> pd.DataFrame:
    return frame.astype({"account_id": "str", **types}).set_index("account_id").sort_index()


def _use(view: View, closing: date) -> pd.DataFrame:
    if not view.has("usage"):
        return _none(_USE)
    grain = grain_days(view)
    used = recent_use(view, closing, grain)
    since = used["last_used_on"].fillna(used["first_on"])
    return used.assign(days_silent=(pd.Timestamp(closing) - since).dt.days - lag_days(grain))


def overdue_invoices(view: View, closing: date) -> pd.DataFrame:
    """overdue_invoices on that day, indexed by account_id; none without the table."""
    if not view.has("invoices"):
        return _none(["overdue_invoices"])
    found = _by_account(rolled_up(view, "overdue_invoices", day=closing), {"overdue": "float64"})
    return found.rename(columns={"overdue": "overdue_invoices"})


def champions(view: View, closing: date) -> pd.DataFrame:
    """champion_left (see `signals`) on that day, indexed by account_id; none without the table."""
    if not view.has("contacts"):
        return _none(["champion_left"]).astype("boolean")
    since = closing - timedelta(days=CHAMPION_LEFT_DAYS)
    found = _by_account(rolled_up(view, "champions", day=closing, since=since), {})
    left = (found["n_left"] > 0) & (found["n_there"] == 0)
    return pd.DataFrame({"champion_left": left.astype("boolean")})


def zero_where_none(view: View, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with 0 where a table that is there has no row for the account: no ticket, no overdue invoice."""
    zeros = {"tickets": ["tickets_open", "tickets_90d", "tickets_prior_90d"], "invoices": ["overdue_invoices"]}
    columns = [column for table, names in zeros.items() if view.has(table) for column in names]
    return frame.assign(**{column: frame[column].astype("float64").fillna(0.0) for column in columns})


def journey_state(journey: pd.DataFrame, steps: Sequence[Milestone], closing: date) -> pd.DataFrame:
    """Where each account stands in its journey: indexed by account_id.

    journey: see `journey.journey`. Returns milestone (the furthest reached; null before the first), milestone_next
    (null at the end), days_since_milestone (since start before the first), stuck.
    """
    reached = journey[journey["reached_on"].notna()].drop_duplicates("account_id", keep="last").set_index("account_id")
    grouped = journey.groupby("account_id")
    state = pd.DataFrame({"started_on": grouped["started_on"].first(), "stuck": grouped["stuck"].any()})
    names = pd.Series([step.id for step in steps], index=range(1, len(steps) + 1), dtype="str")
    step = reached["step"].reindex(state.index).fillna(0).astype("int64")
    since = reached["reached_on"].reindex(state.index).fillna(state["started_on"])
    return pd.DataFrame(
        {
            "milestone": step.map(names),
            "milestone_next": (step + 1).map(names),
            "days_since_milestone": (pd.Timestamp(closing) - since).dt.days,
            "stuck": state["stuck"].astype("boolean"),
        }
    )
