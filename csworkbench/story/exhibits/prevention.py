"""The register of what could have been prevented: causes of lost accounts, by department."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..scene import ALL, Scene
from ..tables import Column, table
from ..text import shown
from .factor_names import factor_name
from .wording import sentences


def prevention(scene: Scene) -> Exhibit:
    """Causes named for lost accounts: whose they were, the MRR prevention would have kept, and which are removed."""
    if not scene.has("prevention"):
        return scene.missing("prevention", "prevention")
    data = _data(scene)
    if data.empty:
        return absent("prevention", scene.say("No cause was named for an account that left."), scene.language)
    columns = [
        Column("name", scene.say("Cause")),
        Column("owner", scene.say("Department"), "short"),
        Column("n", scene.say("Accounts"), "count"),
        Column("mrr", scene.say("MRR lost"), "money"),
        Column("n_preventable", scene.say("Preventable"), "count"),
        Column("mrr_preventable", scene.say("MRR that prevention would have kept"), "money"),
        Column("n_closed", scene.say("Cause removed since"), "count"),
    ]
    title = _title(scene, data)
    return Exhibit(
        "prevention",
        title,
        scene.language,
        so_what=_open(scene, data),
        caption=_caption(scene),
        source=scene.source("factors", "subscriptions"),
        table_html=table(data, columns, scene.language, title, total=len(data) - 1),
        data=data,
        columns=columns,
    )


def _data(scene: Scene) -> pd.DataFrame:
    """One row per cause and department, most MRR to keep first, and the sum of accounts at the end."""
    mine = scene.mine("prevention")
    mine = mine.assign(is_sum=(mine["department"] == ALL) & (mine["reason"] == ALL))
    keys = ["is_sum", "mrr_preventable", "n", "mrr", "department", "reason"]
    mine = mine.sort_values(keys, ascending=[True, False, False, False, True, True], ignore_index=True)
    rows = mine.to_dict("records")
    return mine.assign(
        name=[
            scene.say("All accounts with a cause") if row["is_sum"] else factor_name(scene, row["reason"])
            for row in rows
        ],
        owner=["" if row["is_sum"] else _department(scene, row["department"]) for row in rows],
    )


def _department(scene: Scene, name: str) -> str:
    return shown(name) if name else scene.say("not named")


def _title(scene: Scene, data: pd.DataFrame) -> str:
    whole, first = data.iloc[-1], data.iloc[0]
    if not whole["n_preventable"]:
        return scene.say("No loss of the last four quarters is said to have been preventable")
    return scene.say(
        "{amount} of MRR lost in four quarters was preventable; largest cause: {cause} ({department})",
        amount=scene.language.money(whole["mrr_preventable"]),
        cause=first["name"],
        department=first["owner"],
    )


def _open(scene: Scene, data: pd.DataFrame) -> str:
    """Whether the causes are still there, and whom to ask first."""
    whole = data.iloc[-1]
    n, of = int(whole["n_preventable"] - whole["n_closed"]), int(whole["n_preventable"])
    if not of:
        return ""
    if not n:
        return scene.say("The causes of all of them have been removed since.")
    first = data[data["n_preventable"] > data["n_closed"]].iloc[0]
    return scene.language.count(
        "For {n} of {of} preventable loss the cause is still there: ask {department} about {cause} first.",
        "For {n} of {of} preventable losses the cause is still there: ask {department} about {cause} first.",
        n,
        of=scene.language.number(of),
        department=first["owner"],
        cause=first["name"],
    )


def _caption(scene: Scene) -> str:
    return sentences(
        scene.say(
            "Accounts that left in the last four quarters and for which a cause was named. An account with several"
            " causes stands under each and counts once in the last row."
        ),
        scene.defined("prevention"),
    )
