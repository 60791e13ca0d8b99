"""What the numbers rest on, and what of it changed since the last pack."""

from __future__ import annotations

import pandas as pd

from ..difference.basis import basis, restated
from ..difference.moved import MONEY
from ..difference.words import KINDS, measure_name, text_of, written
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column, table
from .changes import N_ROWS, last_pack, last_quarter, this_pack
from .wording import with_cause


def rests_on(scene: Scene) -> Exhibit:
    """Definitions, models, settings and tables that changed, and history that is told anew."""
    before = last_pack(scene, "rests_on")
    if isinstance(before, Exhibit):
        return before
    told, anew = basis(before, this_pack(scene)), restated(before, this_pack(scene), scene.unit)
    rows = [_of_basis(scene, told).assign(is_history=False), _of_history(scene, anew).assign(is_history=True)]
    data = pd.concat(rows, ignore_index=True)
    if data.empty:
        said = scene.say(
            "Definitions, models, settings and tables are those of {quarter}, and no number of it is told anew.",
            quarter=last_quarter(scene),
        )
        return absent("rests_on", said, scene.language)
    columns = [
        Column("what", scene.say("What")),
        Column("kind_words", scene.say("Kind"), "short"),
        Column("old", scene.say("Before"), "interval"),
        Column("new", scene.say("Now"), "interval"),
    ]
    title = _basis_title(scene, len(told), len(anew))
    return Exhibit(
        "rests_on",
        title,
        scene.language,
        so_what=_restated_words(scene, anew),
        caption=scene.say(
            "Told anew: a number of a past quarter that the two packs tell differently, for rows were entered late or"
            " corrected, or accounts have moved to another segment."
        ),
        table_html=table(data.head(N_ROWS), columns, scene.language, title),
        data=data,
        columns=columns,
    )


def _of_basis(scene: Scene, told: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "what": text_of(row["what"]),
            "kind_words": scene.say(KINDS[row["kind"]]),
            "old": text_of(row["old"]),
            "new": text_of(row["new"]),
        }
        for row in told.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=["what", "kind_words", "old", "new"])


def _of_history(scene: Scene, anew: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "what": scene.say(
                "{name}, {quarter}",
                name=measure_name(scene.language, row["measure"]),
                quarter=scene.language.quarter(row["quarter"]),
            ),
            "kind_words": scene.say("Told anew"),
            "old": written(scene.language, row["kind"], row["old"]),
            "new": written(scene.language, row["kind"], row["new"]),
        }
        for row in anew.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=["what", "kind_words", "old", "new"])


def _basis_title(scene: Scene, n_told: int, n_anew: int) -> str:
    told = scene.language.count(
        "{n} change of definitions or data since {quarter}",
        "{n} changes of definitions or data since {quarter}",
        n_told,
        quarter=last_quarter(scene),
    )
    anew = scene.language.count("{n} past number is told anew", "{n} past numbers are told anew", n_anew)
    if not n_told:
        return anew
    return with_cause(scene.language, told, anew if n_anew else "")


def _restated_words(scene: Scene, anew: pd.DataFrame) -> str:
    """The largest change of past MRR."""
    money = anew[anew["kind"] == MONEY] if len(anew) else anew
    if money.empty:
        return ""
    row = money.loc[
        (money["new"].astype(float) - money["old"].astype(float))
        .abs()
        .sort_values(ascending=False, kind="stable")
        .index[0]
    ]
    return scene.say(
        "The largest: {name} of {quarter} was {old} and is now {new}.",
        name=measure_name(scene.language, row["measure"]),
        quarter=scene.language.quarter(row["quarter"]),
        old=scene.language.money(row["old"]),
        new=scene.language.money(row["new"]),
    )
