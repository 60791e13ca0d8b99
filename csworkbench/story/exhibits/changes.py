"""What changed since the last pack: numbers and lists."""

from __future__ import annotations

import pandas as pd

from ..difference.lists import ENTERED, N_LISTED, lists
from ..difference.moved import FORECAST, moved
from ..difference.told import Told, told_of
from ..difference.words import LISTS, changed, measure_name, move_name, written
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column, table
from .wording import sentences, with_cause

N_ROWS = 12


def last_pack(scene: Scene, id: str) -> Exhibit | Told:
    """What the last pack said, or the one line that there was none."""
    if scene.before is None:
        said = scene.say("Not shown: there is no pack of {quarter} beside this one.", quarter=last_quarter(scene))
        return absent(id, said, scene.language)
    return scene.before


def last_quarter(scene: Scene) -> str:
    """The quarter of the last pack, in words."""
    label = scene.quarter.previous.label if scene.before is None else scene.before.quarter
    return scene.language.quarter(label)


def this_pack(scene: Scene) -> Told:
    """What this pack says."""
    return told_of(scene.measures, scene.scores)


def changes(scene: Scene) -> Exhibit:
    """Every headline number beside that of the last pack."""
    before = last_pack(scene, "changes")
    if isinstance(before, Exhibit):
        return before
    data = moved(before, this_pack(scene), scene.unit)
    data = data[data["old"].notna() | data["new"].notna()].reset_index(drop=True)
    if data.empty:
        return absent("changes", scene.say("No account had MRR this quarter"), scene.language)
    rows = data.to_dict("records")
    data = data.assign(
        name=[measure_name(scene.language, row["measure"]) for row in rows],
        old_words=[written(scene.language, row["kind"], row["old"]) for row in rows],
        new_words=[written(scene.language, row["kind"], row["new"]) for row in rows],
        change_words=[changed(scene.language, row["kind"], row["change"]) for row in rows],
    )
    columns = [
        Column("name", scene.say("Measure")),
        Column("old_words", last_quarter(scene), "interval"),
        Column("new_words", scene.language.quarter(scene.quarter.label), "interval"),
        Column("change_words", scene.say("Change"), "interval"),
    ]
    title = _moved_title(scene, data)
    return Exhibit(
        "changes",
        title,
        scene.language,
        so_what=_against_forecast(scene, data),
        caption=scene.say(
            "As the last pack said it, beside this one. Rates of under 5 accounts are not shown. In the row of the"
            " forecast: what was expected, and what came."
        ),
        source=scene.source("subscriptions", "usage"),
        table_html=table(data, columns, scene.language, title),
        data=data,
        columns=[columns[0], *(Column(name, label, "number") for name, label in (
            ("old", columns[1].label), ("new", columns[2].label), ("change", columns[3].label),
            ("low", scene.say("90% from")), ("high", scene.say("90% to")),
        ))],
    )  # fmt: skip


def _moved_title(scene: Scene, data: pd.DataFrame) -> str:
    """MRR and NRR against the last pack."""
    known = data.set_index("measure")
    short = {"mrr_close": scene.say("MRR"), "nrr": scene.say("NRR")}
    parts = [
        scene.say("{name} {change}", name=words, change=known.loc[name, "change_words"])
        for name, words in short.items()
        if name in known.index and not is_missing(known.loc[name, "change"])
    ]
    since = scene.say("Since {quarter}", quarter=last_quarter(scene))
    if not parts:
        return scene.say("{since}: nothing to compare", since=since)
    return scene.say("{since}: {parts}", since=since, parts=scene.language.listed(parts))


def _against_forecast(scene: Scene, data: pd.DataFrame) -> str:
    found = data[data["measure"] == FORECAST]
    if found.empty:
        return scene.say("The last pack held no forecast of this quarter.")
    row, money = found.iloc[0], scene.language.money_change
    values = {
        "came": money(row["new"]),
        "expected": money(row["old"]),
        "low": money(row["low"]),
        "high": money(row["high"]),
    }
    if row["low"] <= row["new"] <= row["high"]:
        return scene.say("Net new MRR came to {came}; forecast was {expected} ({low} to {high}): inside.", **values)
    return scene.say("Net new MRR came to {came}; forecast was {expected} ({low} to {high}): outside.", **values)


def entered_left(scene: Scene) -> Exhibit:
    """The accounts that entered and left the lists."""
    before = last_pack(scene, "entered_left")
    if isinstance(before, Exhibit):
        return before
    data = lists(before, this_pack(scene), scene.unit)
    if data.empty:
        return absent(
            "entered_left",
            scene.say("No account entered or left a list since {quarter}.", quarter=last_quarter(scene)),
            scene.language,
        )
    data = _largest_first(scene, data)
    columns = [
        Column("name", scene.say("Account")),
        Column("list_name", scene.say("List")),
        Column("move_words", scene.say("Change")),
        Column("mrr", scene.say("MRR"), "money"),
    ]
    title = _list_title(scene, data)
    return Exhibit(
        "entered_left",
        title,
        scene.language,
        so_what=_gone(scene, data),
        caption=sentences(
            scene.say("The {n} largest by MRR.", n=N_ROWS) if len(data) > N_ROWS else "",
            scene.say(
                "Lists: every account with a sign; the {n} with most money at risk; the {n} with most expected"
                " expansion.",
                n=N_LISTED,
            ),
        ),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices"),
        table_html=table(data.head(N_ROWS), columns, scene.language, title),
        data=data,
        columns=columns,
    )


def _largest_first(scene: Scene, data: pd.DataFrame) -> pd.DataFrame:
    ranked = data.sort_values(["mrr", "account_id", "list"], ascending=[False, True, True], ignore_index=True)
    return ranked.assign(
        list_name=[scene.say(LISTS[name]) for name in ranked["list"]],
        move_words=[
            move_name(scene.language, move, pays) for move, pays in zip(ranked["move"], ranked["pays"], strict=True)
        ],
    )


def _list_title(scene: Scene, data: pd.DataFrame) -> str:
    counts = data.groupby(["list", "move"]).size()
    parts = [
        scene.say(
            "{list}: {entered} entered, {left} left",
            list=scene.say(words),
            entered=scene.language.number(int(counts.get((name, ENTERED), 0))),
            left=scene.language.number(int(counts.get((name, "left"), 0))),
        )
        for name, words in LISTS.items()
        if name in set(data["list"])
    ]
    first, *rest = parts
    for part in rest:
        first = with_cause(scene.language, first, part)
    return first


def _gone(scene: Scene, data: pd.DataFrame) -> str:
    gone = data[~data["pays"]].drop_duplicates("account_id")
    if gone.empty:
        return scene.say("None of those that left a list has stopped paying.")
    return scene.language.count(
        "{n} of those that left a list pays no more ({amount} of MRR before).",
        "{n} of those that left a list pay no more ({amount} of MRR before).",
        len(gone), amount=scene.language.money(gone["mrr"].sum()),
    )  # fmt: skip
