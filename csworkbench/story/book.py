"""The accounts that one person looks after."""

from __future__ import annotations

import pandas as pd

from ..metrics.attention import RENEWAL_DAYS
from .exhibit import Exhibit, absent
from .scene import Scene
from .tables import Column, table


def holdings(scene: Scene, owner: str = "") -> Exhibit:
    """Every account with MRR, largest first: renewal, adoption and its change, open tickets, the milestone reached.

    owner: whose book it is, written first.
    """
    found = scene.frame("accounts")
    found = found[found["mrr"] > 0].sort_values(["mrr", "account_id"], ascending=[False, True], ignore_index=True)
    if found.empty:
        return absent("holdings", scene.say("No account with MRR is in this book."), scene.language)
    change = found["adoption_index"] - found["adoption_index_opening"]
    segment = [scene.name(name) for name in found["segment"]]
    shown = found.assign(adoption_change=change, step=_steps(scene, found), segment=segment)
    say = scene.say
    columns = [
        Column("name", say("Account")),
        Column("segment", say("Segment")),
        Column("mrr", say("MRR"), "money"),
        Column("renews_on", say("Renews on"), "date"),
        Column("adoption_index", say("Adoption Index"), "count"),
        Column("adoption_change", say("Change"), "change"),
        Column("tickets_open", say("Open tickets"), "count"),
        Column("step", say("Milestone reached")),
    ]
    title = _title(scene, shown)
    title = scene.say("{who}: {what}", who=owner, what=title) if owner else title
    return Exhibit(
        "holdings",
        title,
        scene.language,
        so_what=_concentrated(scene, shown),
        caption=scene.defined("adoption_index"),
        source=scene.source("subscriptions", "usage", "tickets", "milestones"),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def _steps(scene: Scene, found: pd.DataFrame) -> pd.Series:
    reached = found["milestone"].astype("str")
    return reached.map(scene.milestone, na_action="ignore").astype("str")


def _title(scene: Scene, shown: pd.DataFrame) -> str:
    """How many accounts with how much, and how many of them renew soon."""
    soon = pd.Timestamp(scene.measures.as_of) + pd.Timedelta(days=RENEWAL_DAYS)
    n_soon = int((shown["renews_on"] <= soon).sum())
    values = {"amount": scene.language.money(float(shown["mrr"].sum())), "days": RENEWAL_DAYS}
    count = scene.language.count
    n = count("{n} account", "{n} accounts", len(shown))
    if not n_soon:
        return scene.say("{n} with {amount} of MRR; none renews within {days} days", n=n, **values)
    soon_words = count("{n} renews within {days} days", "{n} renew within {days} days", n_soon, days=RENEWAL_DAYS)
    return scene.say("{n} with {amount} of MRR; {soon}", n=n, soon=soon_words, **values)


def _concentrated(scene: Scene, shown: pd.DataFrame) -> str:
    share = float(shown["mrr"].iloc[0] / shown["mrr"].sum())
    return scene.say(
        "{name} alone is {share} of it.", name=shown["name"].iloc[0], share=scene.language.percent(share, 0)
    )
