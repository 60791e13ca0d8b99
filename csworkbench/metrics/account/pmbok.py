"""The nine areas of a project (PMBOK) for a customer's success: a status each, by fixed rules, with its evidence.

Source of the areas: Project Management Institute, A Guide to the Project Management Body of Knowledge (PMBOK Guide),
knowledge areas without integration. The rules are written down in docs/account-packs.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from ...data.snapshot import View
from ..accounts import signals
from ..quarter import QuarterMeasures
from ..rollup import rolled_up
from .customer import open_actions, steps
from .frames import AREAS

GOOD, WATCH, ACT = "good", "watch", "act"
LIKELY = 0.5
SEATS_WATCH, SEATS_ACT = 0.5, 0.25
CSAT_WATCH, CSAT_ACT = 3.5, 3.0
QUIET_WATCH_DAYS, QUIET_ACT_DAYS = 45, 90
RENEWAL_DAYS = 120
MANY_TICKETS = 5
POWERFUL = 4
SUPPORTING, AGAINST = ("champion", "supporter"), ("sceptic", "opponent")
_COLUMNS = ["account_id", "area", "status", "code", "n", "day", "name"]
_ON = "datetime64[us]"
_STATUSES = ["open", "met", "partly", "missed"]


def pmbok(view: View, measures: QuarterMeasures) -> pd.DataFrame:
    """One row per account × area × piece of evidence; place orders the areas.

    status: of that piece, good, watch or act; an area is as its worst piece. code: which piece; n, day and name: its
    number, day and text where it has one. An area of which nothing is known has no row.
    """
    parts = [part for make in _EVIDENCE for part in make(view, measures)]
    frames = [part.reindex(columns=_COLUMNS) for part in parts if len(part)]
    found = pd.concat([pd.DataFrame(columns=_COLUMNS), *frames], ignore_index=True)
    places = {area: place for place, area in enumerate(AREAS)}
    texts = dict.fromkeys(("account_id", "area", "status", "code", "name"), "str")
    found = found[found["area"].isin(AREAS)].astype({**texts, "n": "float64", "day": _ON})
    return found.assign(place=found["area"].map(places).astype("int64"))


def _told(rows: pd.DataFrame, area: str, code: str, status: str | pd.Series, **values: Any) -> pd.DataFrame:
    return rows[["account_id"]].assign(area=area, code=code, status=status, **values)


def _split(rows: pd.DataFrame, area: str, good: str, bad: str, n: str, status: str = ACT) -> Iterator[pd.DataFrame]:
    """Rows whose number is above zero as the bad piece, rows where it is zero as the good one; null gives none."""
    yield _told(rows[rows[n] > 0], area, bad, status, n=rows[n])
    yield _told(rows[rows[n] == 0], area, good, GOOD)


def _scope(view: View, measures: QuarterMeasures) -> Iterator[pd.DataFrame]:
    """Goals: agreed, missed, met in part."""
    if not view.has("success_plans"):
        return
    goals = view.sql("SELECT account_id, status FROM success_plans").astype({"account_id": "str", "status": "str"})
    counted = pd.crosstab(goals["account_id"], goals["status"].fillna("open"))
    counted = counted.reindex(index=measures.frame("accounts")["account_id"], columns=_STATUSES, fill_value=0)
    counted = counted.add_prefix("goals_").assign(goals_agreed=counted.sum(axis=1)).astype("float64").reset_index()
    yield _told(counted[counted["goals_agreed"] == 0], "scope", "no_goal", WATCH)
    for code, status in (("goals_agreed", GOOD), ("goals_met", GOOD), ("goals_partly", WATCH), ("goals_missed", ACT)):
        some = counted[counted[code] > 0]
        yield _told(some, "scope", code, status, n=some[code])


def _schedule(view: View, measures: QuarterMeasures) -> Iterator[pd.DataFrame]:
    """The journey: the step that is waited for, how long it is overdue."""
    if not view.has("milestones") or not view.settings.journey:
        return
    rows = steps(view, measures)
    waiting = rows[rows["state"].isin(["waiting", "overdue"])].drop_duplicates("account_id")
    late = waiting["elapsed_days"] - waiting["due_days"]
    is_late = waiting["state"] == "overdue"
    yield _told(waiting[is_late], "schedule", "step_overdue", ACT, n=late, name=waiting["milestone"])
    ahead = waiting[~is_late]
    yield _told(ahead, "schedule", "step_ahead", GOOD, day=ahead["due_on"], name=ahead["milestone"])
    done = rows.groupby("account_id")["reached_on"].apply(lambda days: days.notna().all())
    yield _told(done[done].reset_index(), "schedule", "journey_done", GOOD)


def _cost(view: View, measures: QuarterMeasures) -> Iterator[pd.DataFrame]:
    """Invoices past due, and whether MRR was cut within a year."""
    accounts = measures.frame("accounts")
    if view.has("invoices"):
        yield from _split(accounts, "cost", "invoices_paid", "invoices_overdue", "overdue_invoices")
    moves = measures.frame("movements")
    year = sorted(moves["quarter"].unique())[-4:]
    cut = moves[moves["quarter"].isin(year)].groupby("account_id")["contraction"].sum().reset_index()
    cut = cut[cut["contraction"] > 0]
    yield _told(cut, "cost", "cut_back", WATCH, n=cut["contraction"])


def _quality(view: View, measures: QuarterMeasures) -> Iterator[pd.DataFrame]:
    """Satisfaction with support, and a storm of tickets."""
    accounts = measures.frame("accounts")
    rated = accounts[accounts["csat"].notna()]
    yield _told(rated, "quality", "csat", _graded(rated["csat"], CSAT_ACT, CSAT_WATCH), n=rated["csat"])
    if view.has("tickets"):
        now, before = accounts["tickets_90d"], accounts["tickets_prior_90d"]
        storm = accounts[(now >= MANY_TICKETS) & (now >= 2 * before)]
        yield _told(storm, "quality", "ticket_storm", ACT, n=storm["tickets_90d"])
        calm = accounts[~accounts.index.isin(storm.index)]
        yield _told(calm, "quality", "tickets", GOOD, n=calm["tickets_90d"])


def _graded(values: pd.Series, act_below: float, watch_below: float) -> pd.Series:
    graded = pd.Series(GOOD, values.index, dtype="str")
    return graded.mask(values < watch_below, WATCH).mask(values < act_below, ACT)


def _resource(view: View, measures: QuarterMeasures) -> Iterator[pd.DataFrame]:
    """Seats in use."""
    if "adoption" not in measures.frames:
        return
    use = measures.frame("adoption")
    now = use[(use["quarter"] == measures.quarter.label) & use["seats"].notna()]
    yield _told(now, "resource", "seats", _graded(now["seats"], SEATS_ACT, SEATS_WATCH), n=now["seats"])


def _communication(view: View, measures: QuarterMeasures) -> Iterator[pd.DataFrame]:
    """Days since the last contact, and promised actions that are still open."""
    closing = measures.quarter.closing
    if view.has("activities"):
        last = rolled_up(view, "account/touches_by_account", through=closing).astype({"account_id": "str"})
        days = (pd.Timestamp(closing) - pd.to_datetime(last["last_on"])).dt.days.astype("float64")
        yield _told(last, "communication", "last_touch", _graded(-days, -QUIET_ACT_DAYS, -QUIET_WATCH_DAYS), n=days)
        never = measures.frame("accounts")
        never = never[~never["account_id"].isin(last["account_id"])]
        yield _told(never, "communication", "no_touch", ACT)
    if view.has("reviews"):
        left = open_actions(view, closing).groupby("account_id")["n"].sum(min_count=1).reset_index()
        yield from _split(left, "communication", "promises_kept", "promises_open", "n", WATCH)


def _risk(view: View, measures: QuarterMeasures) -> Iterator[pd.DataFrame]:
    """The register: each open risk speaks for its own area; their number for the area risk."""
    if not view.has("risks"):
        return
    from .internal import register

    risks = register(view, measures)
    level = pd.Series(WATCH, risks.index, dtype="str").mask(risks["likelihood"] >= LIKELY, ACT)
    named = risks[["account_id", "area"]].assign(code="risk_open", status=level, n=risks["likelihood"])
    yield named.assign(name=risks["description"], day=risks["opened_on"])
    worst = risks.assign(likely=risks["likelihood"] >= LIKELY).groupby("account_id")["likely"].agg(["size", "any"])
    worst = worst.reset_index()
    yield _told(worst, "risk", "risks_open", worst["any"].map({True: ACT, False: WATCH}), n=worst["size"])
    accounts = measures.frame("accounts")
    yield _told(accounts[~accounts["account_id"].isin(worst["account_id"])], "risk", "no_risk", GOOD)


def _stakeholder(view: View, measures: QuarterMeasures) -> Iterator[pd.DataFrame]:
    """Who supports, whether on one person alone, and who of influence is against."""
    if not view.has("contacts"):
        return
    from .internal import power_map

    people = power_map(view, measures)
    supports = people["stance"].isin(SUPPORTING)
    against = people["stance"].isin(AGAINST) & (people["influence"] >= POWERFUL)
    counted = pd.DataFrame({"account_id": people["account_id"], "for": supports, "against": against})
    counted = counted.groupby("account_id")[["for", "against"]].sum().reset_index()
    for code, status, rows in (
        ("nobody_for", ACT, counted[counted["for"] == 0]),
        ("single_thread", WATCH, counted[counted["for"] == 1]),
        ("several_for", GOOD, counted[counted["for"] > 1]),
    ):
        yield _told(rows, "stakeholder", code, status, n=rows["for"])
    some = counted[counted["against"] > 0]
    yield _told(some, "stakeholder", "powerful_against", ACT, n=some["against"])
    left = signals(view, measures.quarter.closing)["champion_left"].fillna(False).astype(bool)
    yield _told(left[left].reset_index(), "stakeholder", "champion_left", ACT)


def _procurement(view: View, measures: QuarterMeasures) -> Iterator[pd.DataFrame]:
    """The next renewal, and what the CSM calls of it."""
    accounts = measures.frame("accounts")
    due = accounts[accounts["renews_on"].notna()]
    days = (due["renews_on"] - pd.Timestamp(measures.quarter.closing)).dt.days.astype("float64")
    soon = pd.Series(GOOD, due.index, dtype="str").mask(days <= RENEWAL_DAYS, WATCH)
    yield _told(due, "procurement", "renewal", soon, n=days, day=due["renews_on"])
    if "renewals" in measures.frames:
        calls = measures.frame("renewals")
        calls = calls[(calls["due_on"] > pd.Timestamp(measures.quarter.closing)) & calls["csm_call"].notna()]
        calls = calls.drop_duplicates("account_id")
        level = calls["csm_call"].map({"commit": GOOD, "likely": GOOD, "at_risk": ACT, "lost": ACT})
        yield _told(calls, "procurement", "csm_call", level.fillna(WATCH), name=calls["csm_call"], day=calls["due_on"])


_EVIDENCE: tuple[Callable[[View, QuarterMeasures], Iterator[pd.DataFrame]], ...] = (
    _scope, _schedule, _cost, _quality, _resource, _communication, _risk, _stakeholder, _procurement,
)  # fmt: skip


def status_of(evidence: pd.DataFrame) -> Mapping[str, str]:
    """Area → good, watch, act, as its worst piece says, or unknown. evidence: the rows of one account."""
    found = {area: set(rows["status"]) for area, rows in evidence.groupby("area")}
    worst = {area: next(s for s in (ACT, WATCH, GOOD) if s in states) for area, states in found.items()}
    return {area: worst.get(area, "unknown") for area in AREAS}
