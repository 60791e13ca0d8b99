"""Renewals: what was due and kept, and what falls due next."""

from __future__ import annotations

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column, table

N_SHOWN = 10
_WORST_FIRST = ("lost", "at_risk", "likely", "commit")
_RATES = ["logo_rate", "gross_rate", "net_rate"]


def renewal_rates(scene: Scene) -> Exhibit:
    """Due, renewed and still open renewals by quarter."""
    if not scene.has("renewal_rates"):
        return scene.missing("renewal_rates", "renewal_rates")
    shown = scene.mine("renewal_rates")
    if shown.empty:
        return absent("renewal_rates", scene.say("No renewal is or was due in these quarters."), scene.language)
    shown.loc[shown["n_due"] - shown["n_open"] < SMALLEST_GROUP, _RATES] = float("nan")
    columns = [
        Column("quarter", scene.say("Due in"), "quarter"),
        Column("n_due", scene.say("Due"), "count"),
        Column("due_mrr", scene.say("MRR due"), "money"),
        Column("n_renewed", scene.say("Renewed"), "count"),
        Column("n_open", scene.say("Still open"), "count"),
        Column("logo_rate", scene.say("Renewal rate"), "share"),
        Column("gross_rate", scene.say("Gross, by MRR"), "share"),
        Column("net_rate", scene.say("Net, by MRR"), "share"),
    ]
    title = _kept(scene, shown)
    return Exhibit(
        "renewal_rates",
        title,
        scene.language,
        so_what=scene.noted(_kept_by_money(scene, shown), _undecided(scene, shown)),
        caption=scene.noted(
            scene.say("Rates are over renewals that fell due and are decided; under 5 of them no rate is shown."),
            scene.defined("renewal_rate"),
        ),
        source=scene.source("subscriptions", "opportunities"),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def _undecided(scene: Scene, shown: pd.DataFrame) -> str:
    now = shown[shown["quarter"] == scene.quarter.label]
    n_open = int(now["n_open"].sum())
    if not n_open:
        return ""
    return scene.language.count(
        "{n} renewal that fell due this quarter is still open.",
        "{n} renewals that fell due this quarter are still open.",
        n_open,
    )


def _kept_by_money(scene: Scene, shown: pd.DataFrame) -> str:
    rates = shown.set_index("quarter")["gross_rate"]
    now, before = (rates.get(quarter.label) for quarter in (scene.quarter, scene.quarter.previous))
    share, was = scene.language.percent(now), scene.language.percent(before)
    if is_missing(now):
        return ""
    if is_missing(before):
        return scene.say("{share} of the MRR due was kept.", share=share)
    return scene.say("{share} of the MRR due was kept ({was} the quarter before).", share=share, was=was)


def _kept(scene: Scene, shown: pd.DataFrame) -> str:
    now = shown[shown["quarter"] == scene.quarter.label]
    due = int(now["n_due"].sum())
    if due == int(now["n_open"].sum()):
        return scene.say("No renewal was decided this quarter")
    renewed = int(now["n_renewed"].sum())
    return scene.language.count(
        "{renewed} of {n} renewal due this quarter was kept", "{renewed} of {n} renewals due this quarter were kept",
        due, renewed=scene.language.number(renewed),
    )  # fmt: skip


def renewals_due(scene: Scene) -> Exhibit:
    """The largest renewals that fall due next quarter and after, with the CSM's call and the signs."""
    if not scene.has("renewals"):
        return scene.missing("renewals_due", "renewals")
    ahead = scene.mine("renewals")
    ahead = ahead[ahead["renewed"].isna() & (ahead["due_on"] > pd.Timestamp(scene.quarter.closing))]
    if ahead.empty:
        return absent("renewals_due", scene.say("No renewal falls due in the next two quarters."), scene.language)
    so_what = _doubtful(scene, ahead)
    ahead = by_account(ahead)
    shown = _described(scene, ahead)
    columns = [
        Column("name", scene.say("Account")),
        Column("csm", scene.say("Owner")),
        Column("due_on", scene.say("Due on"), "date"),
        Column("due_mrr", scene.say("MRR due"), "money"),
        Column("call", scene.say("CSM’s call")),
        Column("adoption_index", scene.say("Adoption Index"), "count"),
    ]
    title = scene.language.count(
        "{amount} of MRR falls due in the next two quarters, in {n} renewal",
        "{amount} of MRR falls due in the next two quarters, in {n} renewals",
        len(ahead), amount=scene.language.money(ahead["due_mrr"].sum()),
    )  # fmt: skip
    return Exhibit(
        "renewals_due",
        title,
        scene.language,
        so_what=so_what,
        caption=scene.noted(
            largest(scene, len(shown)),
            scene.say("Renewals that are decided already are left out."),
            scene.defined("renewal_rate"),
        ),
        source=scene.source("subscriptions", "opportunities", "assignments"),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def by_account(ahead: pd.DataFrame) -> pd.DataFrame:
    """One row per account and quarter: the first due date, all MRR due, and the worst call of its items."""
    rank = ahead["csm_call"].map({call: at for at, call in enumerate(_WORST_FIRST)})
    groups = ahead.assign(rank=rank).groupby(["quarter", "account_id"], as_index=False)
    found = groups.agg(due_on=("due_on", "min"), due_mrr=("due_mrr", "sum"), rank=("rank", "min"))
    return found.assign(csm_call=found["rank"].map(dict(enumerate(_WORST_FIRST)))).drop(columns="rank")


def largest(scene: Scene, n: int) -> str:
    """That a table shows only its largest rows; empty when it shows all n."""
    return scene.say("The {n} largest by MRR.", n=N_SHOWN) if n > N_SHOWN else ""


def _described(scene: Scene, ahead: pd.DataFrame) -> pd.DataFrame:
    shown = scene.with_names(ahead, "csm", "adoption_index")
    order = ["due_mrr", "due_on", "account_id", "quarter"]
    shown = shown.sort_values(order, ascending=[False, True, True, True], ignore_index=True)
    words = calls(scene)
    return shown.assign(call=shown["csm_call"].map(lambda call: words.get(call, call)))


def calls(scene: Scene) -> dict[str, str]:
    """The CSM's calls as read."""
    say = scene.say
    return {"commit": say("commit"), "likely": say("likely"), "at_risk": say("at risk"), "lost": say("lost")}


def _doubtful(scene: Scene, ahead: pd.DataFrame) -> str:
    called = ahead[ahead["csm_call"].notna()]
    doubt = called[called["csm_call"].isin(["at_risk", "lost"])]
    if called.empty:
        return ""
    if doubt.empty:
        return scene.say("No renewal is called at risk or lost by its CSM.")
    return scene.language.count(
        "{n} of them, {amount} of MRR, is called at risk or lost by its CSM.",
        "{n} of them, {amount} of MRR, are called at risk or lost by their CSMs.",
        doubt.groupby(["quarter", "account_id"]).ngroups, amount=scene.language.money(doubt["due_mrr"].sum()),
    )  # fmt: skip
