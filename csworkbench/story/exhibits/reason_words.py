"""Reasons of a score in words: one phrase per feature, written from its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..catalogue import marked
from ..language import is_missing
from ..scene import Scene
from ..text import shown
from .feature_names import FEATURE_NAMES

N_REASONS = 3
OF_STAFF = frozenset({"csm_churn_12m"})
_FLAT = 0.02
_DETRACTOR = 6
Phrase = Callable[[Scene, float], str]

_COUNTED: Mapping[str, Phrase] = {
    "tenure_months": lambda s, n: s.language.count("customer for {n} month", "customer for {n} months", round(n)),
    "n_spells": lambda s, n: s.language.count("came back {n} time", "came back {n} times", max(round(n) - 1, 0)),
    "months_to_renewal": lambda s, n: s.language.count("renewal in {n} month", "renewal in {n} months", round(n)),
    "billing_months": lambda s, n: s.language.count("billed every {n} month", "billed every {n} months", round(n)),
    "n_items": lambda s, n: s.language.count("holds {n} product", "holds {n} products", round(n)),
    "seats": lambda s, n: s.language.count("{n} seat", "{n} seats", round(n)),
    "months_since_growth": lambda s, n: s.language.count(
        "last grew {n} month ago", "last grew {n} months ago", round(n)
    ),
    "days_silent": lambda s, n: s.language.count("no use for {n} day", "no use for {n} days", round(n)),
    "tickets_30d": lambda s, n: s.language.count("{n} ticket in 30 days", "{n} tickets in 30 days", round(n)),
    "tickets_90d": lambda s, n: s.language.count("{n} ticket in 90 days", "{n} tickets in 90 days", round(n)),
    "escalated_90d": lambda s, n: s.language.count(
        "{n} escalated ticket in 90 days", "{n} escalated tickets in 90 days", round(n)
    ),
    "open_tickets": lambda s, n: s.language.count("{n} open ticket", "{n} open tickets", round(n)),
    "nps_age_days": lambda s, n: s.language.count(
        "last NPS answer {n} day ago", "last NPS answer {n} days ago", round(n)
    ),
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

_MEASURED: Mapping[str, Phrase] = {
    "mrr": lambda s, x: s.say("MRR of {amount}", amount=s.language.money(x)),
    "mrr_per_seat": lambda s, x: s.say("{amount} per seat and month", amount=s.language.money(x)),
    "mrr_change_6m": lambda s, x: _moved(s, x, _MRR_MOVED),
    "price_rise_12m": lambda s, x: s.say("price rise of {share} in 12 months", share=s.language.percent(x, 0)),
    "peer_churn_3m": lambda s, x: s.say("{share} of peers left in three months", share=s.language.percent(x)),
    "seat_utilisation": lambda s, x: s.say("{share} of seats in use", share=s.language.percent(x, 0)),
    "seat_utilisation_3m": lambda s, x: s.say(
        "{share} of seats in use over three months", share=s.language.percent(x, 0)
    ),
    "usage_per_seat": lambda s, x: s.say("{n} uses per seat", n=s.language.number(x, 1)),
    "usage_trend_3m": lambda s, x: _moved(s, x - 1, _USAGE_MOVED),
    "usage_vs_peak": lambda s, x: s.say("usage at {share} of its peak", share=s.language.percent(x, 0)),
    "feature_breadth": lambda s, x: s.say("{share} of features in use", share=s.language.percent(x, 0)),
    "adoption_index": lambda s, x: s.say("Adoption Index of {n}", n=s.language.number(x)),
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

_NONE: Mapping[str, str] = {
    "n_spells": marked("never left before"),
    "months_to_renewal": marked("renewal within a month"),
    "billing_months": marked("no billing period"),
    "days_silent": marked("in use to the last day"),
    "tickets_30d": marked("no ticket in 30 days"),
    "tickets_90d": marked("no ticket in 90 days"),
    "escalated_90d": marked("no escalated ticket in 90 days"),
    "open_tickets": marked("no open ticket"),
    "failed_payments_90d": marked("no failed payment in 90 days"),
    "overdue_invoices": marked("no overdue invoice"),
    "milestones_reached": marked("no milestone reached"),
    "touches_90d": marked("no contact in 90 days"),
    "price_rise_12m": marked("no price rise in 12 months"),
    "peer_churn_3m": marked("no peer left in three months"),
}

_MRR_MOVED = (
    marked("MRR fell by {share} in six months"),
    marked("MRR unchanged for six months"),
    marked("MRR grew by {share} in six months"),
)
_USAGE_MOVED = (
    marked("usage fell by {share} against the three months before"),
    marked("usage as in the three months before"),
    marked("usage rose by {share} against the three months before"),
)
_CATEGORIES: Mapping[str, Callable[[Scene, str], str]] = {
    "segment": lambda s, text: s.say("segment {name}", name=s.name(text)),
    "touch_tier": lambda s, text: s.say("touch tier {name}", name=shown(text)),
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


def feature_name(scene: Scene, feature: str) -> str:
    """What readers call a feature."""
    return scene.say(FEATURE_NAMES[feature]) if feature in FEATURE_NAMES else shown(feature.replace("_", " "))


def said(scene: Scene, feature: str, value: str | None) -> str:
    """A reason in words: the feature with the value that the account had."""
    if is_missing(value) or value in ("", "nan", "None", "<NA>"):
        return scene.say("{feature}: not measured", feature=feature_name(scene, feature))
    assert value is not None
    if feature in _CATEGORIES:
        return _CATEGORIES[feature](scene, value)
    number, phrase = _number(value), _COUNTED.get(feature) or _MEASURED.get(feature)
    if number is None or phrase is None:
        return scene.say("{feature}: {value}", feature=feature_name(scene, feature), value=shown(value))
    if feature in _NONE and round(number, 3) <= (1 if feature == "n_spells" else 0.49 if feature in _COUNTED else 0):
        return scene.say(_NONE[feature])
    return phrase(scene, number)


def _number(text: str) -> float | None:
    if text in ("True", "False"):
        return float(text == "True")
    try:
        return float(text)
    except ValueError:
        return None


def reasons_of(scene: Scene, kind: str) -> Mapping[str, tuple[tuple[str, str | None], ...]]:
    """Account → the features that speak most for that outcome, with their values, largest first; at most three.

    What speaks against it is left out, and so is what would show how well the CSM does.
    """
    if not scene.has("reasons"):
        return {}
    frame = scene.frame("reasons")
    kept = frame[(frame["kind"] == kind) & (frame["contribution"] > 0) & ~frame["feature"].isin(OF_STAFF)]
    first = kept.sort_values(["account_id", "rank"], kind="stable").groupby("account_id").head(N_REASONS)
    found: dict[str, tuple[tuple[str, str | None], ...]] = {}
    for row in first.itertuples(index=False):
        value = None if is_missing(row.value) else str(row.value)
        found[str(row.account_id)] = (*found.get(str(row.account_id), ()), (str(row.feature), value))
    return found
