"""How much of the MRR hangs on few customers."""

from __future__ import annotations

import pandas as pd

from ...metrics.business.concentration import LARGEST
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column, table
from ..text import shown as safe
from .renewals import N_SHOWN
from .wording import sentences, with_cause

GROUP, ACCOUNT = "group", "account"


def concentration(scene: Scene) -> Exhibit:
    """The largest customers, parents with their parts, and how far the book hangs on them."""
    for frame in ("concentration", "groups"):
        if not scene.has(frame):
            return scene.missing("concentration", frame)
    rows, largest = scene.mine("concentration"), scene.mine("groups")
    now = _of(rows, scene.quarter.label, GROUP)
    if now is None or largest.empty:
        return absent("concentration", scene.say("No account had MRR this quarter"), scene.language)
    shown = _named(largest, _of(rows, scene.quarter.year_ago.label, GROUP))
    columns = [
        Column("name", scene.say("Customer")),
        Column("n_accounts", scene.say("Accounts"), "count"),
        Column("mrr", scene.say("MRR"), "money"),
        Column("share", scene.say("Share of MRR"), "share"),
        Column("together", scene.say("Together"), "share"),
    ]
    title = _title(scene, now, shown)
    return Exhibit(
        "concentration",
        title,
        scene.language,
        so_what=sentences(_if_it_left(scene, shown), _since(scene, rows, now)),
        caption=_caption(scene, rows, now),
        source=scene.source("subscriptions", "accounts"),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=[*columns, Column("year_ago", scene.say("Together, a year ago"), "share")],
    )


def _of(rows: pd.DataFrame, quarter: str, unit: str) -> pd.Series | None:
    found = rows[(rows["quarter"] == quarter) & (rows["unit"] == unit)]
    return found.iloc[0] if len(found) else None


def _named(largest: pd.DataFrame, ago: pd.Series | None) -> pd.DataFrame:
    """The groups with their names, the share of all up to each, and what the first 1, 5 and 10 held a year ago."""
    names = largest["name"].where(largest["name"].notna(), largest["group_id"])
    then = {n: float(ago[f"top_{n}"]) for n in LARGEST} if ago is not None else {}
    return largest.assign(name=names, together=largest["share"].cumsum(), year_ago=largest["rank"].map(then))


def _title(scene: Scene, now: pd.Series, shown: pd.DataFrame) -> str:
    """What the largest customers hold, and how many equal ones the book is as concentrated as."""
    language = scene.language
    n = min(N_SHOWN, int(now["n"]))
    if int(now["n"]) <= N_SHOWN:
        title = scene.language.count("{n} customer holds all of the MRR", "{n} customers hold all of the MRR", n)
    else:
        title = scene.say(
            "The {n} largest customers hold {share} of MRR", n=n, share=language.percent(now["top_10"], 0)
        )
    first = shown.iloc[0]
    return with_cause(
        language,
        title,
        scene.say("the largest, {name}, {share}", name=safe(first["name"], 40), share=language.percent(first["share"])),
    )


def _if_it_left(scene: Scene, shown: pd.DataFrame) -> str:
    first = shown.iloc[0]
    return scene.say(
        "If {name} left, {amount} of MRR would go with it.",
        name=safe(first["name"], 40),
        amount=scene.language.money(first["mrr"]),
    )


def _since(scene: Scene, rows: pd.DataFrame, now: pd.Series) -> str:
    """Whether the book hangs more on its largest customers than a year ago."""
    before = _of(rows, scene.quarter.year_ago.label, GROUP)
    if before is None or is_missing(before["top_5"]) or min(now["n"], before["n"]) <= 5:
        return ""
    language = scene.language
    was, is_ = language.percent(before["top_5"], 0), language.percent(now["top_5"], 0)
    if was == is_:
        return scene.say("The five largest hold {share}, as a year ago.", share=is_)
    if now["top_5"] > before["top_5"]:
        return scene.say("The five largest hold {share}, up from {was} a year ago.", share=is_, was=was)
    return scene.say("The five largest hold {share}, down from {was} a year ago.", share=is_, was=was)


def _caption(scene: Scene, rows: pd.DataFrame, now: pd.Series) -> str:
    language, alone = scene.language, _of(rows, scene.quarter.label, ACCOUNT)
    n_under = 0 if alone is None else int(alone["n"] - now["n"])
    return sentences(
        scene.say(
            "HHI {hhi} of 10,000: as concentrated as {n} customers of equal size.",
            hhi=language.number(now["hhi"]),
            n=language.number(10_000 / now["hhi"], 0 if now["hhi"] < 1000 else 1),
        ),
        ""
        if alone is None or not n_under
        else language.count(
            "{n} account counted under its parent; account by account HHI is {hhi}.",
            "{n} accounts counted under their parents; account by account HHI is {hhi}.",
            n_under,
            hhi=language.number(alone["hhi"]),
        ),
        scene.defined("mrr", "hhi"),
    )
