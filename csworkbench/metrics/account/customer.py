"""The frames that a customer may see of its own account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd

from ...data.snapshot import View
from ..calendar import quarters_back
from ..journey import journey
from ..quarter import N_RECENT, QuarterMeasures
from ..rollup import Rows, rolled_up
from ..service import median_hours
from .peers import beside_peers

OPEN = "open"
TICKET, ACTION, RISK = "ticket", "action", "risk"
MILESTONE, GOAL, REVIEW, RENEWAL = "milestone", "goal", "review", "renewal"
_ON = "datetime64[us]"
Maker = Callable[[View, QuarterMeasures], pd.DataFrame]


def profile(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """Who the account is: name, start, next renewal."""
    return measures.frame("accounts")[["account_id", "name", "started_on", "renews_on"]]


def goals(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """The agreed criteria of success with target, actual, status as assessed, and the source of each value."""
    found = view.sql(
        "SELECT account_id, criterion, agreed_on, due_on, target, actual, unit, status, assessed_on, source"
        " FROM success_plans"
    )
    dates = dict.fromkeys(("agreed_on", "due_on", "assessed_on"), _ON)
    return found.astype({"account_id": "str", "criterion": "str", **dates})


def use(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """Use in each of the last quarters, beside the quartiles of five or more anonymous peers."""
    return beside_peers(measures.frame("adoption"))


def steps(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """Every step of the journey: due_on is the step before plus its due days.

    state: reached, late (reached after its due day), overdue (not reached though due), waiting, later (its step before
    is not reached).
    """
    found = journey(view, measures.quarter.closing)
    due_on = found["previous_on"] + pd.to_timedelta(found["due_days"], unit="D")
    state = pd.Series("later", found.index, dtype="str")
    waits = found["previous_on"].notna() & found["reached_on"].isna()
    is_due = found["elapsed_days"] > found["due_days"]
    state = state.mask(waits & ~is_due, "waiting").mask(waits & is_due, "overdue")
    reached = found["reached_on"].notna()
    state = state.mask(reached, "reached").mask(reached & (found["days"] > found["due_days"]), "late")
    return found.assign(due_on=due_on, state=state)


def support(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """Tickets opened in each of the last quarters, median hours to first response and resolution, satisfaction.

    One row per account × quarter; hours null where none is known, csat (1–5) null where nobody rated.
    """
    quarters = quarters_back(measures.quarter, N_RECENT)
    windows: Rows = [{"quarter": q.label, "opening": q.opening, "closing": q.closing} for q in quarters]
    keys = ["account_id", "quarter"]
    counts = (
        rolled_up(view, "account/support_by_account", {"windows": windows})
        .astype(dict.fromkeys(keys, "str"))
        .set_index(keys)
    )
    every = pd.MultiIndex.from_product([measures.frame("accounts")["account_id"], [q.label for q in quarters]])
    counts = counts.astype("float64").reindex(every.set_names(keys)).fillna({"tickets": 0.0, "n_csat": 0.0})
    hours = median_hours(view, windows, "account_id").swaplevel().reindex(counts.index)
    csat = counts["sum_csat"] / counts["n_csat"].where(counts["n_csat"] > 0)
    names = {"first_response": "median_first_response_hours", "resolution": "median_resolution_hours"}
    return counts.assign(csat=csat).join(hours.rename(columns=names)).reset_index()


def open_points(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """What is still open on the closing day, kind by kind.

    ticket: one per ticket, name its category. action: one per review whose promised actions are not all closed, n of
    them. risk: one per open risk that is marked shareable, name its description.
    """
    closing = measures.quarter.closing
    parts = [make(view, closing) for table, make in _POINTS.items() if view.has(table)]
    return pd.concat(parts, ignore_index=True).astype({"account_id": "str", "name": "str", "since": _ON})


def _open_tickets(view: View, closing: date) -> pd.DataFrame:
    return rolled_up(view, "account/open_tickets", through=closing).assign(kind=TICKET, n=1.0)


def open_actions(view: View, closing: date) -> pd.DataFrame:
    """Each review held by then: account_id, since (its day), n (promised actions not closed; null where unknown)."""
    found = view.sql("SELECT account_id, held_on AS since, actions_promised - actions_closed AS n FROM reviews")
    found = found.astype({"account_id": "str", "n": "float64", "since": _ON})
    return found[found["since"] <= pd.Timestamp(closing)].assign(n=lambda rows: rows["n"].clip(lower=0))


def _open_actions(view: View, closing: date) -> pd.DataFrame:
    found = open_actions(view, closing)
    return found[found["n"] > 0].assign(kind=ACTION, name=None)


def _open_risks(view: View, closing: date) -> pd.DataFrame:
    """Only risks that are marked shareable, and of them only the day and the description."""
    found = view.sql(
        "SELECT account_id, opened_on AS since, description AS name FROM risks"
        " WHERE shareable AND opened_on <= $day AND (closed_on IS NULL OR closed_on > $day)",
        day=closing,
    )
    return found.assign(kind=RISK, n=1.0)


_POINTS: Mapping[str, Callable[[View, date], pd.DataFrame]] = {
    "tickets": _open_tickets,
    "reviews": _open_actions,
    "risks": _open_risks,
}


def joint_plan(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """What comes next, by due date: waiting milestones, goals not yet assessed, the next review, the renewal.

    overdue: due before the closing day.
    """
    parts = [make(view, measures) for tables, make in _PLANNED.items() if view.has(*tables)]
    found = pd.concat(parts, ignore_index=True).astype({"account_id": "str", "name": "str", "due_on": _ON})
    return found.assign(overdue=found["due_on"] < pd.Timestamp(measures.quarter.closing))


def _milestones_ahead(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    if not view.settings.journey:
        return pd.DataFrame(columns=["account_id", "due_on", "kind", "name"])
    ahead = steps(view, measures)
    ahead = ahead[ahead["state"].isin(["waiting", "overdue"])].drop_duplicates("account_id")
    return ahead[["account_id", "due_on"]].assign(kind=MILESTONE, name=ahead["milestone"])


def _goals_ahead(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    found = goals(view, measures)
    ahead = found[found["status"].fillna(OPEN).eq(OPEN) & found["due_on"].notna()]
    return ahead[["account_id", "due_on"]].assign(kind=GOAL, name=ahead["criterion"])


def _review_ahead(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """The first review that is planned after the closing day."""
    found = view.sql(
        "SELECT account_id, min(planned_on) AS due_on FROM reviews WHERE planned_on > $day GROUP BY account_id",
        day=measures.quarter.closing,
    )
    return found.assign(kind=REVIEW, name=None)


def _renewals_ahead(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    found = profile(view, measures)
    ahead = found[found["renews_on"].notna()]
    return ahead[["account_id"]].assign(due_on=ahead["renews_on"], kind=RENEWAL, name=None)


_PLANNED: Mapping[tuple[str, ...], Maker] = {
    ("milestones",): _milestones_ahead,
    ("success_plans",): _goals_ahead,
    ("reviews",): _review_ahead,
    (): _renewals_ahead,
}

MAKERS: Mapping[str, tuple[Maker, tuple[str, ...]]] = {
    "profile": (profile, ()),
    "goals": (goals, ("success_plans",)),
    "use": (use, ("usage",)),
    "steps": (steps, ("milestones", "journey")),
    "support": (support, ("tickets",)),
    "open_points": (open_points, tuple(_POINTS)),
    "joint_plan": (joint_plan, ()),
}
