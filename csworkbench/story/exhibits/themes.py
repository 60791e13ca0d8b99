"""What customers ask for and how they use the product, weighed by their MRR."""

from __future__ import annotations

import pandas as pd

from ..catalogue import marked
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column, table
from ..text import shown
from .renewals import N_SHOWN
from .wording import sentences

REQUEST, USE = "product", "use_case"
_KINDS = {REQUEST: marked("request"), USE: marked("use case")}


def themes(scene: Scene) -> Exhibit:
    """Themes of the last year's feedback, by the MRR of the accounts behind them."""
    if not scene.has("themes"):
        return scene.missing("themes", "themes")
    data = _data(scene)
    if data.empty:
        return absent("themes", scene.say("No paying account gave feedback in the last year."), scene.language)
    columns = [
        Column("name", scene.say("Theme")),
        Column("kind_name", scene.say("Kind"), "short"),
        Column("n_accounts", scene.say("Accounts"), "count"),
        Column("mrr", scene.say("MRR behind it"), "money"),
        Column("share", scene.say("Share of MRR"), "share"),
        Column("n", scene.say("Mentions, last year"), "count"),
        Column("n_before", scene.say("Year before"), "count"),
    ]
    title = _title(scene, data)
    return Exhibit(
        "themes",
        title,
        scene.language,
        so_what=sentences(_rise(scene, data), _use(scene, data)),
        caption=sentences(
            scene.say(
                "Feedback of paying accounts in the last 365 days, most MRR first; an account may stand under several"
                " themes."
            ),
            scene.defined("themes"),
        ),
        source=scene.source("feedback", "subscriptions"),
        table_html=table(data.head(N_SHOWN), columns, scene.language, title),
        data=data,
        columns=columns,
    )


def _data(scene: Scene) -> pd.DataFrame:
    mine = scene.mine("themes")
    mine = mine[mine["n"] > 0].sort_values(["mrr", "n", "kind", "theme"], ascending=[False, False, True, True])
    mine = mine.reset_index(drop=True)
    return mine.assign(
        name=[_theme(scene, theme) for theme in mine["theme"]],
        kind_name=[scene.say(_KINDS[kind]) if kind in _KINDS else scene.say("not named") for kind in mine["kind"]],
    )


def _theme(scene: Scene, theme: str) -> str:
    return shown(theme.replace("_", " ")) if theme else scene.say("not named")


def _title(scene: Scene, data: pd.DataFrame) -> str:
    asked = data[data["kind"] == REQUEST]
    if asked.empty:
        return scene.say("No request in the last year; customers told how they use the product")
    first = asked.iloc[0]
    return scene.language.count(
        "Asked for by most MRR: {theme} ({n} account, {amount})",
        "Asked for by most MRR: {theme} ({n} accounts, {amount})",
        int(first["n_accounts"]),
        theme=first["name"],
        amount=scene.language.money(first["mrr"]),
    )


def _rise(scene: Scene, data: pd.DataFrame) -> str:
    """The request whose mentions rose most."""
    asked = data[data["kind"] == REQUEST]
    rise = (asked["n"] - asked["n_before"]).to_numpy()
    if asked.empty or rise.max() <= 0:
        return ""
    first = asked.iloc[int(rise.argmax())]
    return scene.say(
        "“{theme}” rose most: {n} mentions after {before} the year before.",
        theme=first["name"],
        n=scene.language.number(first["n"]),
        before=scene.language.number(first["n_before"]),
    )


def _use(scene: Scene, data: pd.DataFrame) -> str:
    uses = data[data["kind"] == USE]
    return "" if uses.empty else scene.say("Use case with most MRR: {theme}.", theme=uses.iloc[0]["name"])
