"""What customers say against what they do."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column, table
from .renewals import N_SHOWN

PRAISES, COMPLAINS = "says_well_uses_less", "says_badly_uses_more"


def say_do(scene: Scene) -> Exhibit:
    """Accounts whose last NPS and use disagree; those that praise but use less come first, then by MRR."""
    if not scene.has("say_do"):
        return scene.missing("say_do", "say_do")
    found = scene.mine("say_do")
    if found.empty:
        return absent("say_do", scene.say("What accounts say and what they do agree."), scene.language)
    shown = _described(scene, found)
    columns = [
        Column("name", scene.say("Account")),
        Column("words", scene.say("Gap")),
        Column("nps", scene.say("Last NPS score"), "count"),
        Column("usage_change", scene.say("Change in use"), "share_change"),
        Column("mrr", scene.say("MRR"), "money"),
    ]
    quiet, loud = (shown[shown["gap"] == gap] for gap in (PRAISES, COMPLAINS))
    title = _title(scene, quiet, loud)
    return Exhibit(
        "say_do",
        title,
        scene.language,
        so_what=_so_what(scene, quiet, loud),
        caption=scene.noted(
            _order(scene, len(shown)),
            scene.say("Use in the last 90 days against the 90 days before."),
            scene.defined("say_do"),
        ),
        source=scene.source("surveys", "usage"),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def _described(scene: Scene, found: pd.DataFrame) -> pd.DataFrame:
    gaps = {PRAISES: scene.say("praises, uses less"), COMPLAINS: scene.say("complains, uses more")}
    shown = scene.with_names(found).assign(words=found["gap"].map(gaps), first=found["gap"] != PRAISES)
    return shown.sort_values(["first", "mrr", "account_id"], ascending=[True, False, True], ignore_index=True)


def _order(scene: Scene, n: int) -> str:
    if n <= N_SHOWN:
        return scene.say("Those that praise but use less come first, then by MRR.")
    return scene.say("{n} of {of} accounts: those that praise but use less first, then by MRR.", n=N_SHOWN, of=n)


def _title(scene: Scene, quiet: pd.DataFrame, loud: pd.DataFrame) -> str:
    if quiet.empty:
        return scene.language.count(
            "{n} account complains but uses more", "{n} accounts complain but use more", len(loud)
        )
    return scene.language.count(
        "{n} account praises but uses less: {amount} of MRR that surveys call safe",
        "{n} accounts praise but use less: {amount} of MRR that surveys call safe",
        len(quiet), amount=scene.language.money(quiet["mrr"].sum()),
    )  # fmt: skip


def _so_what(scene: Scene, quiet: pd.DataFrame, loud: pd.DataFrame) -> str:
    if loud.empty:
        return scene.say("Their score hides a loss of use: ask what changed.")
    if quiet.empty:
        return scene.say("They need the product and are not content with it: ask what they miss.")
    return scene.language.count(
        "{n} account complains but uses more: ask what it misses.",
        "{n} accounts complain but use more: ask what they miss.",
        len(loud),
    )
