"""What changed for the account since the last pack."""

from __future__ import annotations

from collections.abc import Mapping

from ..catalogue import marked
from ..difference.account import SIGNS, account_moved
from ..difference.told import Told
from ..difference.words import changed, written
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column, table

MEASURES: Mapping[str, str] = {
    "mrr": marked("MRR"),
    "adoption_index": marked("Adoption Index"),
    "tickets_90d": marked("Tickets in 90 days"),
    "nps": marked("Last NPS answer"),
    "p_churn_12": marked("Probability of leaving within 12 months"),
    "money_at_risk": marked("Money at risk in 12 months"),
    SIGNS: marked("Signs that need a person"),
}


def since_last_pack(scene: Scene) -> Exhibit:
    """What changed for the account that the scene is about."""
    measures, scores = scene.measures, {} if scene.scores is None else scene.scores.frames
    frames = {**scores, "accounts": scene.frame("standing"), "attention": scene.frame("signs")}
    about = (scene.quarter.label, measures.as_of, measures.settings, measures.tables, measures.definitions)
    account_id = str(scene.frame("profile")["account_id"].iloc[0])
    return account_changes(scene, scene.before, Told(*about, frames), account_id)


def account_changes(scene: Scene, old: Told | None, new: Told | None, account_id: str) -> Exhibit:
    """MRR, use, support, voice and risk of the account beside those of the last quarter."""
    if old is None or new is None:
        quarter = scene.language.quarter(scene.quarter.previous.label)
        said = scene.say("Not shown: there is no pack of {quarter} beside this one.", quarter=quarter)
        return absent("changes", said, scene.language)
    data = account_moved(old, new, account_id)
    data = data.assign(name=[scene.say(MEASURES[name]) for name in data["measure"]])
    for side, write in (("old", written), ("new", written), ("change", changed)):
        values = zip(data["kind"], data[side], strict=True)
        data[f"{side}_words"] = [write(scene.language, kind, value) for kind, value in values]
    quarters = {side: scene.language.quarter(told.quarter) for side, told in (("old", old), ("new", new))}
    columns = [
        Column("name", scene.say("Measure")),
        Column("old_words", quarters["old"], "interval"),
        Column("new_words", quarters["new"], "interval"),
        Column("change_words", scene.say("Change"), "interval"),
    ]
    n = int((data["change"].fillna(0.0) != 0).sum())
    title = scene.language.count(
        "{n} of {of} measures differs from {quarter}", "{n} of {of} measures differ from {quarter}",
        n, of=scene.language.number(len(data)), quarter=quarters["old"],
    )  # fmt: skip
    mrr = data[data["measure"] == "mrr"]
    known = len(mrr) and not is_missing(mrr["change"].iloc[0])
    return Exhibit(
        "changes",
        title,
        scene.language,
        so_what=scene.say("MRR {change}.", change=mrr["change_words"].iloc[0]) if known else "",
        table_html=table(data, columns, scene.language, title),
        data=data,
        columns=[columns[0], *(Column(name, label, "number") for name, label in
                 (*quarters.items(), ("change", columns[3].label)))],
    )  # fmt: skip
