"""The power map: who has influence, and who is for us."""

from __future__ import annotations

import pandas as pd

from ...metrics.account.pmbok import AGAINST, POWERFUL, SUPPORTING
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column
from .names import named
from .power_chart import STANCES, Person, power_chart


def power_map(scene: Scene) -> Exhibit:
    """Influence × stance of the people at the account, by role."""
    if not scene.has("power_map"):
        return scene.missing("power_map", "power_map")
    found = scene.frame("power_map")
    if found.empty:
        return absent("power_map", scene.say("No person at this account is known."), scene.language)
    shown = found.assign(
        role=[named(scene, "role", role) for role in found["role"]],
        stance_words=[named(scene, "stance", stance) for stance in found["stance"]],
    ).sort_values(["influence", "role"], ascending=[False, True], ignore_index=True)
    return Exhibit(
        "power_map",
        power_title(scene, shown),
        scene.language,
        so_what=_so_what(scene, shown),
        caption=scene.noted(
            scene.say("By role, without names; influence from 1 to 5."),
            scene.say("Single thread: one person alone is a champion or supporter."),
        ),
        alt=_alt(scene, shown),
        source=scene.source("contacts"),
        figure_svg=power_chart([*_people(shown)], _axes(scene), scene.language.lang),
        data=shown,
        columns=[
            Column("role", scene.say("Role")),
            Column("influence", scene.say("Influence"), "count"),
            Column("stance_words", scene.say("Stance"), "short"),
            Column("joined_on", scene.say("Since"), "date"),
        ],
    )


def _people(shown: pd.DataFrame) -> list[Person]:
    known = shown[shown["stance"].isin(STANCES) & shown["influence"].notna()]
    return [Person(row["role"], int(row["influence"]), row["stance"]) for row in known.to_dict("records")]


def _axes(scene: Scene) -> tuple[dict[str, str], str]:
    return {stance: named(scene, "stance", stance) for stance in STANCES}, scene.say("Influence")


def power_title(scene: Scene, shown: pd.DataFrame) -> str:
    """How many people are for us, and whether all hangs on one."""
    supporting, n = shown[shown["stance"].isin(SUPPORTING)], len(shown)
    if supporting.empty:
        return scene.language.count("The {n} known person is not for us", "None of the {n} known people is for us", n)
    if len(supporting) == 1:
        role = supporting["role"].iloc[0]
        return scene.language.count(
            "A single thread: of {n} known person only one is for us ({role})",
            "A single thread: of {n} known people only one is for us ({role})", n, role=role,
        )  # fmt: skip
    return scene.language.count(
        "{k} of {n} known person is for us", "{k} of {n} known people are for us", n,
        k=scene.language.number(len(supporting)),
    )  # fmt: skip


def _so_what(scene: Scene, shown: pd.DataFrame) -> str:
    against = shown[shown["stance"].isin(AGAINST) & (shown["influence"] >= POWERFUL)]
    if len(against):
        roles = scene.language.listed(list(dict.fromkeys(against["role"])))
        return scene.say("With high influence and against: {roles}. Win them before the renewal.", roles=roles)
    powerful = shown[(shown["influence"] >= POWERFUL) & shown["stance"].isin(SUPPORTING)]
    if powerful.empty:
        return scene.say("Nobody with high influence is for us yet.")
    return ""


def _alt(scene: Scene, shown: pd.DataFrame) -> str:
    people = [
        scene.say("{role}: influence {n}, {stance}", role=row["role"], n=scene.language.number(row["influence"]),
                  stance=row["stance_words"])
        for row in shown.to_dict("records")
    ]  # fmt: skip
    return scene.say("Map of influence and stance. {people}.", people=scene.language.listed(people))
