"""A piece of evidence of an area in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..language import is_missing
from ..scene import Scene
from ..text import shown as safe
from .names import named

Piece = Mapping[str, Any]

_WORDS: Mapping[str, Callable[[Scene, Piece], str]] = {
    "no_goal": lambda s, p: s.say("no goal agreed"),
    "goals_agreed": lambda s, p: s.language.count("{n} goal agreed", "{n} goals agreed", int(p["n"])),
    "goals_met": lambda s, p: s.language.count("{n} goal met", "{n} goals met", int(p["n"])),
    "goals_partly": lambda s, p: s.language.count("{n} goal met in part", "{n} goals met in part", int(p["n"])),
    "goals_missed": lambda s, p: s.language.count("{n} goal missed", "{n} goals missed", int(p["n"])),
    "step_overdue": lambda s, p: s.language.count(
        "{name} is {n} day overdue", "{name} is {n} days overdue", int(p["n"]), name=s.milestone(p["name"])
    ),
    "step_ahead": lambda s, p: s.say(
        "{name} due on {day}", name=s.milestone(p["name"]), day=s.language.date(p["day"], "long")
    ),
    "journey_done": lambda s, p: s.say("all milestones reached"),
    "invoices_paid": lambda s, p: s.say("no overdue invoice"),
    "invoices_overdue": lambda s, p: s.language.count("{n} overdue invoice", "{n} overdue invoices", int(p["n"])),
    "cut_back": lambda s, p: s.say("cut back by {amount} of MRR within a year", amount=s.language.money(p["n"])),
    "csat": lambda s, p: s.say("satisfaction with support {n} of 5", n=s.language.number(p["n"], 1)),
    "ticket_storm": lambda s, p: s.language.count("{n} ticket in 90 days", "{n} tickets in 90 days", int(p["n"])),
    "tickets": lambda s, p: (
        s.language.count("{n} ticket in 90 days", "{n} tickets in 90 days", int(p["n"]))
        if p["n"]
        else s.say("no ticket in 90 days")
    ),
    "seats": lambda s, p: s.say("{share} of seats in use", share=s.language.percent(p["n"], 0)),
    "last_touch": lambda s, p: s.language.count("last contact {n} day ago", "last contact {n} days ago", int(p["n"])),
    "no_touch": lambda s, p: s.say("no contact ever"),
    "promises_kept": lambda s, p: s.say("all promised actions closed"),
    "promises_open": lambda s, p: s.language.count(
        "{n} promised action open", "{n} promised actions open", int(p["n"])
    ),
    "risk_open": lambda s, p: _risk(s, p),
    "risks_open": lambda s, p: s.language.count("{n} open risk", "{n} open risks", int(p["n"])),
    "no_risk": lambda s, p: s.say("no open risk"),
    "nobody_for": lambda s, p: s.say("nobody is for us"),
    "single_thread": lambda s, p: s.say("one supporter only: a single thread"),
    "several_for": lambda s, p: s.language.count("{n} person is for us", "{n} people are for us", int(p["n"])),
    "powerful_against": lambda s, p: s.language.count(
        "{n} person of high influence is against", "{n} people of high influence are against", int(p["n"])
    ),
    "champion_left": lambda s, p: s.say("the champion left"),
    "renewal": lambda s, p: s.language.count("renewal in {n} day", "renewal in {n} days", int(p["n"])),
    "csm_call": lambda s, p: s.say("CSM’s call for the renewal: {call}", call=named(s, "call", p["name"])),
}


def _risk(scene: Scene, piece: Piece) -> str:
    share = scene.language.percent(piece["n"], 0)
    if is_missing(piece["name"]):
        return scene.say("open risk ({share})", share=share)
    return scene.say("open risk: {text} ({share})", text=safe(piece["name"]), share=share)


def evidence_words(scene: Scene, piece: Piece) -> str:
    """What a piece of evidence says. piece: a row of the frame pmbok."""
    return _WORDS[str(piece["code"])](scene, piece)
