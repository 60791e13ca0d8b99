"""The phrases that reasons are written with: one per feature, from the value that the account had."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..catalogue import marked
from ..scene import Scene
from ..text import shown

_FLAT = 0.02
_DETRACTOR = 6
Phrase = Callable[[Scene, float], str]

_MRR_MOVED = (
    marked("MRR fell by {share} in six months"),
    marked("MRR unchanged for six months"),
    marked("MRR grew by {share} in six months"),
)
_MRR_MOVED_LATELY = (
    marked("MRR fell by {share} in three months"),
    marked("MRR unchanged for three months"),
    marked("MRR grew by {share} in three months"),
)
_SEATS_MOVED = (
    marked("seats fell by {share} in three months"),
    marked("seats unchanged for three months"),
    marked("seats grew by {share} in three months"),
)
_PRICE_MOVED = (
    marked("price per seat fell by {share} in 12 months"),
    marked("price unchanged for 12 months"),
    marked("price rise of {share} in 12 months"),
)
_USAGE_MOVED = (
    marked("usage fell by {share} against the three months before"),
    marked("usage as in the three months before"),
    marked("usage rose by {share} against the three months before"),
)
COUNTED: Mapping[str, Phrase] = {
    "tenure_months": lambda s, n: s.language.count("customer for {n} month", "customer for {n} months", round(n)),
    "months_to_renewal": lambda s, n: s.language.count("renewal in {n} month", "renewal in {n} months", round(n)),
    "billing_months": lambda s, n: (
        s.say("billed monthly") if round(n) == 1 else s.say("billed every {n} months", n=round(n))
    ),
    "n_items": lambda s, n: s.language.count("holds {n} product", "holds {n} products", round(n)),
    "seats": lambda s, n: s.language.count("{n} seat", "{n} seats", round(n)),
    "days_silent": lambda s, n: s.language.count("no use for {n} day", "no use for {n} days", round(n)),
    "tickets_30d": lambda s, n: s.language.count("{n} ticket in 30 days", "{n} tickets in 30 days", round(n)),
    "tickets_90d": lambda s, n: s.language.count("{n} ticket in 90 days", "{n} tickets in 90 days", round(n)),
    "urgent_30d": lambda s, n: s.language.count(
        "{n} urgent ticket in 30 days", "{n} urgent tickets in 30 days", round(n)
    ),
    "urgent_90d": lambda s, n: s.language.count(
        "{n} urgent ticket in 90 days", "{n} urgent tickets in 90 days", round(n)
    ),
    "escalated_90d": lambda s, n: s.language.count(
        "{n} escalated ticket in 90 days", "{n} escalated tickets in 90 days", round(n)
    ),
    "open_tickets": lambda s, n: s.language.count("{n} open ticket", "{n} open tickets", round(n)),
    "nps_age_days": lambda s, n: s.language.count(
        "last NPS answer {n} day ago", "last NPS answer {n} days ago", round(n)
    ),
    "champions": lambda s, n: s.language.count("{n} champion", "{n} champions", round(n)),
    "days_since_champion_left": lambda s, n: s.language.count(
        "the champion left {n} day ago", "the champion left {n} days ago", round(n)
    ),
    "failed_payments_90d": lambda s, n: s.language.count(
        "{n} failed payment in 90 days", "{n} failed payments in 90 days", round(n)
    ),
    "overdue_invoices": lambda s, n: s.language.count("{n} overdue invoice", "{n} overdue invoices", round(n)),
    "milestones_reached": lambda s, n: s.language.count("{n} milestone reached", "{n} milestones reached", round(n)),
    "days_since_milestone": lambda s, n: s.language.count(
        "last milestone {n} day ago", "last milestone {n} days ago", round(n)
    ),
    "touches_90d": lambda s, n: s.language.count("{n} contact in 90 days", "{n} contacts in 90 days", round(n)),
    "csm_tenure_months": lambda s, n: s.language.count("same CSM for {n} month", "same CSM for {n} months", round(n)),
    "months_ahead": lambda s, n: s.language.count("{n} month ahead", "{n} months ahead", round(n)),
}

MEASURED: Mapping[str, Phrase] = {
    "mrr": lambda s, x: s.say("MRR of {amount}", amount=s.language.money(x)),
    "mrr_per_seat": lambda s, x: s.say("{amount} per seat and month", amount=s.language.money(x)),
    "mrr_change_6m": lambda s, x: _moved(s, x, _MRR_MOVED),
    "mrr_change_3m": lambda s, x: _moved(s, x, _MRR_MOVED_LATELY),
    "seats_change_3m": lambda s, x: _moved(s, x, _SEATS_MOVED),
    "price_rise_12m": lambda s, x: _moved(s, x, _PRICE_MOVED),
    "users_per_seat": lambda s, x: s.say("{n} users a day per seat", n=s.language.number(x, 2)),
    "users_per_seat_3m": lambda s, x: s.say("{n} users a day per seat over three months", n=s.language.number(x, 2)),
    "nps_365d": lambda s, x: s.say("mean NPS score of a year {n}", n=s.language.number(x, 1)),
    "n_spells": lambda s, x: (
        s.language.count("came back {n} time", "came back {n} times", round(x) - 1)
        if x > 1
        else s.say("never left before")
    ),
    "peer_churn_3m": lambda s, x: (
        s.say("{share} of peers left in three months", share=s.language.percent(x))
        if x
        else s.say("no peer left in three months")
    ),
    "seat_utilisation": lambda s, x: s.say("{share} of seats in use", share=s.language.percent(x, 0)),
    "seat_utilisation_3m": lambda s, x: s.say(
        "{share} of seats in use over three months", share=s.language.percent(x, 0)
    ),
    "usage_per_seat": lambda s, x: s.say("{n} uses per seat", n=s.language.number(x, 1)),
    "usage_trend_3m": lambda s, x: _moved(s, x - 1, _USAGE_MOVED),
    "usage_vs_peak": lambda s, x: s.say("usage at {share} of its peak", share=s.language.percent(x, 0)),
    "events_vs_usual_12m": lambda s, x: s.say(
        "intensity of use at {share} of the usual", share=s.language.percent(x, 0)
    ),
    "idle_share_6m": lambda s, x: s.say("no use on {share} of the days measured", share=s.language.percent(x, 0)),
    "feature_breadth": lambda s, x: s.say("{share} of features in use", share=s.language.percent(x, 0)),
    "csat_90d": lambda s, x: s.say("satisfaction with support {n} of 5", n=s.language.number(x, 1)),
    "survey_csat_180d": lambda s, x: s.say("satisfaction in surveys {n} of 5", n=s.language.number(x, 1)),
    "nps_last": lambda s, x: _nps(s, x),
    "champion_left_180d": lambda s, x: s.say("the champion left" if x else "the champion is still there"),
    "first_value_reached": lambda s, x: s.say("first value reached" if x else "first value not reached yet"),
    "stuck": lambda s, x: s.say("stuck in the journey" if x else "moving on in the journey"),
    "proactive_share_90d": lambda s, x: s.say("{share} of contacts proactive", share=s.language.percent(x, 0)),
    "csm_changed_180d": lambda s, x: s.say("CSM changed within six months" if x else "no change of CSM in six months"),
    "calendar_month": lambda s, x: s.say("the season"),
}

NONE: Mapping[str, str] = {
    "months_to_renewal": marked("renewal within a month"),
    "billing_months": marked("no billing period"),
    "days_silent": marked("in use to the last day"),
    "tickets_30d": marked("no ticket in 30 days"),
    "tickets_90d": marked("no ticket in 90 days"),
    "escalated_90d": marked("no escalated ticket in 90 days"),
    "open_tickets": marked("no open ticket"),
    "urgent_30d": marked("no urgent ticket in 30 days"),
    "urgent_90d": marked("no urgent ticket in 90 days"),
    "champions": marked("no champion known"),
    "failed_payments_90d": marked("no failed payment in 90 days"),
    "overdue_invoices": marked("no overdue invoice"),
    "milestones_reached": marked("no milestone reached"),
    "touches_90d": marked("no contact in 90 days"),
}

TIERS = {
    "high": marked("high touch"),
    "mid": marked("mid touch"),
    "low": marked("low touch"),
    "tech": marked("tech touch"),
}
CATEGORIES: Mapping[str, Callable[[Scene, str], str]] = {
    "segment": lambda s, text: s.say("segment {name}", name=s.name(text)),
    "touch_tier": lambda s, text: s.say(TIERS[text]) if text in TIERS else s.say("touch tier {name}", name=shown(text)),
    "industry": lambda s, text: s.say("industry {name}", name=shown(text)),
}


def _moved(scene: Scene, change: float, words: tuple[str, str, str]) -> str:
    fell, flat, rose = words
    if abs(change) < _FLAT:
        return scene.say(flat)
    return scene.say(fell if change < 0 else rose, share=scene.language.percent(abs(change), 0))


def _nps(scene: Scene, score: float) -> str:
    values = {"n": scene.language.number(score)}
    return scene.say("detractor: NPS score {n}" if score <= _DETRACTOR else "last NPS score {n}", **values)
