"""The nine areas of the project, and the register of risks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ...metrics.account.frames import AREAS
from ...metrics.account.pmbok import status_of
from ..exhibit import Exhibit, absent
from ..language import MISSING, is_missing
from ..scene import Scene
from ..tables import Column
from ..text import shown as safe
from .evidence import evidence_words
from .listing import listing
from .names import named

_TABLES = [
    "success_plans", "milestones", "invoices", "subscriptions", "tickets", "usage", "activities", "reviews", "risks",
    "contacts", "opportunities",
]  # fmt: skip
_MARKS = {"act": "▲", "watch": "◆", "good": "●", "unknown": "–"}


def pmbok(scene: Scene) -> Exhibit:
    """Nine rows: each area of the project with its status and the evidence for it."""
    if not scene.has("pmbok"):
        return scene.missing("pmbok", "pmbok")
    found = scene.frame("pmbok")
    status = status_of(found)
    rows = {area: found[found["area"] == area].to_dict("records") for area in AREAS}
    shown = pd.DataFrame(
        {
            "area": [named(scene, "area", area) for area in AREAS],
            "status": [f"{_MARKS[status[area]]} {named(scene, 'level', status[area])}" for area in AREAS],
            "level": [status[area] for area in AREAS],
            "evidence": [_evidence(scene, rows[area]) for area in AREAS],
        }
    )
    columns = [
        Column("area", scene.say("Area")),
        Column("status", scene.say("Status"), "short"),
        Column("evidence", scene.say("Evidence"), "long"),
    ]
    return listing(
        scene, "pmbok", pmbok_title(scene, shown), shown, columns, _TABLES,
        caption=scene.say(
            "The areas of the PMBOK Guide; an area is as its worst piece of evidence says, by fixed rules. Not known:"
            " no table says anything of it."
        ),
    )  # fmt: skip


def _evidence(scene: Scene, pieces: Sequence[Mapping[Any, Any]]) -> str:
    order = {"act": 0, "watch": 1, "good": 2}
    told = sorted(pieces, key=lambda piece: (order[str(piece["status"])], str(piece["code"])))
    words = [evidence_words(scene, piece) for piece in told]
    return scene.say("; ").join(words) if words else scene.say("no evidence")


def pmbok_title(scene: Scene, shown: pd.DataFrame) -> str:
    """How many areas need action, and which."""
    act, watch = (list(shown.loc[shown["level"] == level, "area"]) for level in ("act", "watch"))
    if act:
        return scene.language.count(
            "{n} of nine areas needs action: {areas}", "{n} of nine areas need action: {areas}", len(act),
            areas=scene.language.listed(act),
        )  # fmt: skip
    if watch:
        return scene.language.count(
            "No area needs action; {n} is to be watched: {areas}",
            "No area needs action; {n} are to be watched: {areas}",
            len(watch), areas=scene.language.listed(watch),
        )  # fmt: skip
    return scene.say("No area needs action")


def register(scene: Scene) -> Exhibit:
    """The open risks with likelihood and money."""
    if not scene.has("register"):
        return scene.missing("register", "register")
    found = scene.frame("register")
    if found.empty:
        return absent("register", scene.say("No risk is open in the register."), scene.language)
    shown = found.assign(
        area=[named(scene, "area", area) for area in found["area"]],
        what=[MISSING if is_missing(text) else safe(text, 400) for text in found["description"]],
        shared=[scene.say("yes") if shared else scene.say("no") for shared in found["shareable"].fillna(False)],
    )
    columns = [
        Column("what", scene.say("Risk"), "long"),
        Column("area", scene.say("Area"), "short"),
        Column("opened_on", scene.say("Since"), "date"),
        Column("likelihood", scene.say("Likelihood"), "share0"),
        Column("impact_mrr", scene.say("MRR at stake"), "money"),
        Column("shared", scene.say("Shared with the customer"), "short"),
    ]
    return listing(scene, "register", _register_title(scene, found), shown, columns, ["risks"])


def _register_title(scene: Scene, found: pd.DataFrame) -> str:
    worst = found["likelihood"].max()
    title = scene.language.count("{n} risk is open", "{n} risks are open", len(found))
    if is_missing(worst):
        return title
    return scene.say("{title}, likelihood up to {share}", title=title, share=scene.language.percent(worst, 0))
