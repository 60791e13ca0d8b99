"""What had been promised for the quarter, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..catalogue import marked
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column, table
from ..text import shown as safe
from .renewals import N_SHOWN
from .wording import sentences

KINDS: Mapping[str, str] = {
    "action": marked("Actions promised in last quarter’s reviews"),
    "review": marked("Reviews planned for the quarter"),
    "criterion": marked("Success criteria due in the quarter"),
    "risk": marked("Risks open at the start of the quarter"),
}
_TABLES = ("reviews", "success_plans", "risks")


def commitments(scene: Scene) -> Exhibit:
    """Promised, kept, partly kept, missed and open, by kind of promise."""
    if not scene.has("commitments"):
        return scene.missing("commitments", "commitments")
    found = scene.mine("commitments")
    found = found[found["n"] > 0]
    if found.empty:
        return absent("commitments", scene.say("Nothing had been promised for this quarter."), scene.language)
    data = _described(scene, found)
    columns = [
        Column("name", scene.say("Promise")),
        Column("n", scene.say("Promised"), "count"),
        Column("n_kept", scene.say("Kept"), "count"),
        Column("n_partly", scene.say("Partly"), "count"),
        Column("n_missed", scene.say("Missed"), "count"),
        Column("n_open", scene.say("Still open"), "count"),
        Column("share", scene.say("Kept, share"), "share0"),
    ]
    title = _title(scene, data)
    return Exhibit(
        "commitments",
        title,
        scene.language,
        so_what=_least_kept(scene, data),
        caption=sentences(
            scene.say(
                "Kept: actions closed, reviews held, criteria met, risks closed by the end of the quarter. Under 5"
                " promises no share is shown."
            ),
            scene.defined("commitments"),
        ),
        source=scene.source(*_TABLES),
        table_html=table(data, columns, scene.language, title),
        data=data,
        columns=columns,
    )


def _described(scene: Scene, found: pd.DataFrame) -> pd.DataFrame:
    order = {kind: at for at, kind in enumerate(KINDS)}
    rows = found.assign(order=found["kind"].map(order)).sort_values("order", ignore_index=True)
    share = (rows["n_kept"] / rows["n"]).where(rows["n"] >= SMALLEST_GROUP)
    return rows.assign(name=[scene.say(KINDS[kind]) for kind in rows["kind"]], share=share).drop(columns="order")


def _title(scene: Scene, data: pd.DataFrame) -> str:
    n, kept = int(data["n"].sum()), int(data["n_kept"].sum())
    if kept == n:
        return scene.language.count(
            "The {n} promise for this quarter was kept", "All {n} promises for this quarter were kept", n
        )
    return scene.language.count(
        "{kept} of {n} promise for this quarter was kept, {open} is still open",
        "{kept} of {n} promises for this quarter were kept, {open} are still open",
        n,
        kept=scene.language.number(kept),
        open=scene.language.number(int(data["n_open"].sum())),
    )


def _least_kept(scene: Scene, data: pd.DataFrame) -> str:
    """The kind of promise that was kept least."""
    known = data[data["share"].notna()].sort_values("share", kind="stable")
    if len(known) < 2 or known["share"].iloc[0] == known["share"].iloc[-1]:
        return ""
    row = known.iloc[0]
    return scene.say(
        "Least kept: {name} ({kept} of {n}, {share}).",
        name=row["name"],
        kept=scene.language.number(row["n_kept"]),
        n=scene.language.number(row["n"]),
        share=scene.language.percent(row["share"], 0),
    )


def overdue(scene: Scene) -> Exhibit:
    """Promises that are overdue, by account, the largest accounts first."""
    if not scene.has("overdue"):
        return scene.missing("overdue", "overdue")
    found = scene.mine("overdue")
    if found.empty:
        return absent("overdue", scene.say("No promise to a customer is overdue."), scene.language)
    data = by_account(scene, found)
    columns = [
        Column("name", scene.say("Account")),
        Column("what", scene.say("Overdue"), "long"),
        Column("csm", scene.say("Owner"), "short"),
        Column("days", scene.say("Open for, days"), "count"),
        Column("mrr", scene.say("MRR"), "money"),
    ]
    title = _late(scene, data)
    return Exhibit(
        "overdue",
        title,
        scene.language,
        so_what=_first(scene, data),
        caption=sentences(
            scene.say("The {n} largest by MRR.", n=N_SHOWN) if len(data) > N_SHOWN else "",
            scene.say("Days since the oldest promise was made, or the review was planned."),
        ),
        source=scene.source("reviews", "success_plans"),
        table_html=table(data.head(N_SHOWN), columns, scene.language, title),
        data=data,
        columns=[*columns, Column("n", scene.say("Promises"), "count")],
    )


def by_account(scene: Scene, found: pd.DataFrame) -> pd.DataFrame:
    """One row per account: what is overdue in words, n promises, days since the oldest; largest MRR first."""
    since = (pd.Timestamp(scene.quarter.closing) - found["since"]).dt.days
    rows = found.assign(days=since, words=[_words(scene, row) for row in found.to_dict("records")])
    groups = rows.groupby("account_id", as_index=False)
    data = groups.agg(
        name=("name", "first"),
        csm=("csm", "first"),
        mrr=("mrr", "first"),
        n=("n", "sum"),
        days=("days", "max"),
        words=("words", lambda words: list(dict.fromkeys(words))),
    )
    data = data.assign(
        what=[scene.language.listed(words) for words in data["words"]],
        name=data["name"].where(data["name"].notna(), data["account_id"]),
        mrr=data["mrr"].fillna(0.0),
    )
    return data.drop(columns="words").sort_values(["mrr", "account_id"], ascending=[False, True], ignore_index=True)


def _words(scene: Scene, row: Mapping[Any, Any]) -> str:
    n = int(row["n"])
    if row["kind"] == "action":
        return scene.language.count("{n} promised action", "{n} promised actions", n)
    if row["kind"] == "review":
        return scene.say("the review planned for {day}", day=scene.language.date(row["due_on"]))
    what = safe(str(row["what"]).replace("_", " "))
    return scene.say("the criterion “{what}”, due on {day}", what=what, day=scene.language.date(row["due_on"]))


def _late(scene: Scene, data: pd.DataFrame) -> str:
    n = int(data["n"].sum())
    return scene.language.count(
        "{n} promise is overdue, to {accounts} with {amount} of MRR",
        "{n} promises are overdue, to {accounts} with {amount} of MRR",
        n,
        accounts=scene.language.count("{n} account", "{n} accounts", len(data)),
        amount=scene.language.money(data["mrr"].sum()),
    )


def _first(scene: Scene, data: pd.DataFrame) -> str:
    row = data.iloc[0]
    return scene.say(
        "Start with {name}: {what}, {amount} of MRR.",
        name=safe(row["name"], 40),
        what=row["what"],
        amount=scene.language.money(row["mrr"]),
    )
