"""Customers as people: who needs someone now, and how support went."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from ...metrics.attention import HALVED, RENEWAL_DAYS, SILENT_DAYS
from ...metrics.intervals import SMALLEST_GROUP
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column, table
from .renewals import N_SHOWN


def reason_words(scene: Scene) -> dict[str, str]:
    """Reason code → the sign as read."""
    say = scene.say
    return {
        "usage_halved": say("usage fell by {share} or more", share=scene.language.percent(HALVED, 0)),
        "adoption_low": say("adoption in the lowest band"),
        "adoption_fell": say("adoption fell sharply"),
        "ticket_storm": say("many support tickets"),
        "detractor": say("a detractor in the last survey"),
        "overdue_invoice": say("an overdue invoice"),
        "champion_left": say("the champion left"),
        "renewal_soon": say("renewal within {n} days", n=RENEWAL_DAYS),
        "stuck_step": say("stuck in the journey"),
        "silent": say("no use for {n} days", n=SILENT_DAYS),
        "contraction": say("cut back this quarter"),
    }


def attention(scene: Scene) -> Exhibit:
    """The accounts that need a person now, by money and number of signs."""
    if not scene.has("attention"):
        return scene.missing("attention", "attention")
    found = scene.mine("attention")
    if found.empty:
        return absent("attention", scene.say("No account shows a sign that needs a person now."), scene.language)
    words = reason_words(scene)
    shown = found.assign(signs=[scene.language.listed([words[code] for code in codes]) for codes in found["reasons"]])
    shown = shown.assign(name=shown["name"].where(shown["name"].notna(), shown["account_id"]))
    columns = [
        Column("name", scene.say("Account")),
        Column("signs", scene.say("Why"), "long"),
        Column("csm", scene.say("Owner")),
        Column("mrr", scene.say("MRR"), "money"),
        Column("renews_on", scene.say("Renews on"), "date"),
    ]
    title, so_what = _urgent(scene, shown.head(N_SHOWN), found)
    return Exhibit(
        "attention",
        title,
        scene.language,
        so_what=so_what,
        caption=scene.noted(
            scene.say("Ranked by MRR times the number of signs; fixed rules, not a probability."),
            scene.defined("attention"),
        ),
        source=scene.source(*_SIGNAL_TABLES),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=columns,
    )


_SIGNAL_TABLES = ("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "milestones")


def _urgent(scene: Scene, top: pd.DataFrame, found: pd.DataFrame) -> tuple[str, str]:
    money = scene.language.money(top["mrr"].sum())
    title = scene.language.count(
        "The {n} account to call first holds {amount} of MRR",
        "The {n} accounts to call first hold {amount} of MRR",
        len(top), amount=money,
    )  # fmt: skip
    rest = len(found) - len(top)
    more = (
        scene.language.count("{n} more account shows a sign.", "{n} more accounts show a sign.", rest) if rest else ""
    )
    counts = Counter(code for codes in top["reasons"] for code in codes)
    code, n = min(counts.items(), key=lambda item: (-item[1], item[0]))
    often = scene.say("The most frequent sign: {sign} ({n} of {of}).", sign=reason_words(scene)[code], n=n, of=len(top))
    return title, scene.language.joined([often, more])


def service(scene: Scene) -> Exhibit:
    """Tickets, response, satisfaction and NPS over the last quarters."""
    if not scene.has("service"):
        return scene.missing("service", "service")
    shown = scene.mine("service")
    if shown.empty:
        return absent("service", scene.say("No support ticket and no survey this quarter"), scene.language)
    shown = _measured(scene, shown)
    shown.loc[shown["n_csat"] < SMALLEST_GROUP, "csat"] = float("nan")
    shown.loc[shown["n_nps"] < SMALLEST_GROUP, "nps"] = float("nan")
    columns = [
        Column("quarter", scene.say("Quarter"), "quarter"),
        Column("tickets", scene.say("Tickets"), "count"),
        Column("tickets_per_account", scene.say("per account"), "one"),
        Column("median_first_response_hours", scene.say("First response, h"), "one"),
        Column("median_resolution_hours", scene.say("Resolution, h"), "one"),
        Column("share_escalated", scene.say("Escalated"), "share"),
        Column("csat", scene.say("CSAT (1–5)"), "one"),
        Column("n_csat", scene.say("CSAT answers"), "count"),
        Column("nps", scene.say("NPS"), "change"),
        Column("n_nps", scene.say("NPS answers"), "count"),
    ]
    title = _service_title(scene, shown)
    return Exhibit(
        "service",
        title,
        scene.language,
        so_what=scene.noted(_first_response(scene, shown), _escalated(scene, shown)),
        caption=scene.noted(
            scene.say("Medians over tickets opened in the quarter; under 5 answers no score is shown."),
            scene.defined("csat", "nps"),
        ),
        source=scene.source("tickets", "surveys"),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def _measured(scene: Scene, shown: pd.DataFrame) -> pd.DataFrame:
    """Without zeros that stand for a table that is not there."""
    counts = {"tickets": ("tickets",), "n_nps": ("surveys",), "n_csat": ("tickets", "surveys")}
    unknown = [name for name, tables in counts.items() if not set(tables) & set(scene.measures.tables)]
    return shown.assign(**dict.fromkeys(unknown, float("nan")))


def _service_title(scene: Scene, shown: pd.DataFrame) -> str:
    per, before = (_load(shown, quarter.label) for quarter in (scene.quarter, scene.quarter.previous))
    if per is None:
        return _nps_title(scene, shown)
    written = scene.language.number(per, 1)
    was = scene.language.number(before, 1)
    if before is None:
        return scene.say("Support load is {per} tickets per account", per=written)
    if written == was:
        return scene.say("Support load stood at {per} tickets per account", per=written)
    if per > before:
        return scene.say("Support load rose from {before} to {per} tickets per account", per=written, before=was)
    return scene.say("Support load fell from {before} to {per} tickets per account", per=written, before=was)


def _load(shown: pd.DataFrame, quarter: str) -> float | None:
    return _value(shown, quarter, "tickets_per_account")


def _value(shown: pd.DataFrame, quarter: str, column: str) -> float | None:
    found = shown.loc[shown["quarter"] == quarter, column].dropna()
    return float(found.iloc[0]) if len(found) else None


def _now_and_before(scene: Scene, shown: pd.DataFrame, column: str) -> tuple[float | None, float | None]:
    """A measure of this quarter and the last one, over quarters with enough tickets to speak of."""
    many = shown[shown["tickets"] >= SMALLEST_GROUP]
    now, before = (_value(many, quarter.label, column) for quarter in (scene.quarter, scene.quarter.previous))
    return now, before


def _first_response(scene: Scene, shown: pd.DataFrame) -> str:
    now, before = _now_and_before(scene, shown, "median_first_response_hours")
    hours, was = scene.language.number(now, 1), scene.language.number(before, 1)
    if now is None:
        return ""
    if before is None:
        return scene.say("Half of the tickets had a first response within {hours} hours.", hours=hours)
    return scene.say(
        "Half of the tickets had a first response within {hours} hours ({was} the quarter before).",
        hours=hours,
        was=was,
    )


def _escalated(scene: Scene, shown: pd.DataFrame) -> str:
    now, before = _now_and_before(scene, shown, "share_escalated")
    share, was = scene.language.percent(now), scene.language.percent(before)
    if now is None:
        return ""
    if before is None:
        return scene.say("{share} were escalated.", share=share) if now else scene.say("None was escalated.")
    if not now:
        return scene.say("None was escalated ({was} the quarter before).", was=was)
    return scene.say("{share} were escalated ({was} the quarter before).", share=share, was=was)


def _nps_title(scene: Scene, shown: pd.DataFrame) -> str:
    """The title where no support load is measured."""
    now = shown[(shown["quarter"] == scene.quarter.label) & shown["nps"].notna()]
    if now.empty:
        return scene.say("No support ticket and too few survey answers this quarter")
    return scene.say("NPS is {nps}", nps=scene.language.change(float(now["nps"].iloc[0])))
