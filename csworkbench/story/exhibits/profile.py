"""What the accounts of a segment have that the rest of the book has not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..catalogue import marked
from ..exhibit import Exhibit, absent
from ..language import MISSING, is_missing
from ..scene import Scene
from ..tables import Column, table
from ..text import shown as safe
from .phrases import TIERS
from .wording import sentences

N_PER_SHARE = 3
HALF_A_POINT = 0.005
ASPECTS: Mapping[str, str] = {
    "mrr": marked("MRR, median"),
    "employees": marked("Employees, median"),
    "tenure_months": marked("Months as a customer, median"),
    "adoption_index": marked("Adoption Index, median"),
    "touches": marked("Contacts in 90 days, median"),
    "plan": marked("Plan: {value}"),
    "touch_tier": marked("Share of {value}"),
    "industry": marked("Industry: {value}"),
}
_WHOLE = ("employees", "adoption_index", "touches")


def profile(scene: Scene) -> Exhibit:
    """Size, tenure, adoption, touch, plan and industry of the segment beside the rest, with differences."""
    if scene.segment is None:
        return absent("profile", scene.say("Not shown: a profile is of a segment."), scene.language)
    if not scene.has("profile"):
        return scene.missing("profile", "profile")
    data = _described(scene, scene.mine("profile"))
    if data.empty:
        return absent("profile", scene.say("Not shown: too few accounts to compare."), scene.language)
    columns = [
        Column("name", scene.say("Trait")),
        Column("here_words", scene.name(scene.segment), "interval"),
        Column("rest_words", scene.say("Rest of the book"), "interval"),
        Column("difference_words", scene.say("Difference"), "interval"),
        Column("interval", scene.say("95% interval"), "interval"),
    ]
    title = _title(scene, data)
    numbers = {
        "here": scene.name(scene.segment), "rest": scene.say("Rest of the book"), "difference": scene.say("Difference"),
        "low": scene.say("95% from"), "high": scene.say("95% to"),
    }  # fmt: skip
    return Exhibit(
        "profile",
        title,
        scene.language,
        so_what=_like_the_rest(scene, data),
        caption=_caption(scene, data),
        source=scene.source("accounts", "subscriptions", "usage", "activities"),
        table_html=table(data, columns, scene.language, title, _marks(data)),
        data=data,
        columns=[
            columns[0],
            *(Column(name, words, "number") for name, words in numbers.items()),
            Column("n", scene.say("n here"), "count"),
            Column("n_rest", scene.say("n in the rest"), "count"),
        ],
    )


def _described(scene: Scene, found: pd.DataFrame) -> pd.DataFrame:
    """The traits that are known on both sides; of plans, touch and industries those that differ most."""
    known = found[found["difference"].notna()]
    known = known.assign(size=known["difference"].abs(), apart=(known["low"] > 0) | (known["high"] < 0))
    medians = known[known["value"].isna() | (known["value"] == "")]
    shares = known[known["value"].notna() & (known["value"] != "")]
    shares = shares.sort_values(["size", "value"], ascending=[False, True]).groupby("aspect").head(N_PER_SHARE)
    order = {aspect: at for at, aspect in enumerate(ASPECTS)}
    both = pd.concat([medians, shares])
    both = both.assign(order=both["aspect"].map(order)).sort_values(
        ["order", "size"], ascending=[True, False], ignore_index=True
    )
    rows = both.to_dict("records")
    return both.drop(columns=["order", "size"]).assign(
        name=[_name(scene, row) for row in rows],
        here_words=[_written(scene, row, "here") for row in rows],
        rest_words=[_written(scene, row, "rest") for row in rows],
        difference_words=[_changed(scene, row, row["difference"]) for row in rows],
        interval=[_interval(scene, row) for row in rows],
    )


def _name(scene: Scene, row: Mapping[Any, Any]) -> str:
    value = "" if is_missing(row["value"]) else safe(row["value"])
    if row["aspect"] == "touch_tier" and value in TIERS:
        value = scene.say(TIERS[value])
    return scene.say(ASPECTS[row["aspect"]], value=value)


def _written(scene: Scene, row: Mapping[Any, Any], column: str) -> str:
    language, value = scene.language, row[column]
    if is_missing(value):
        return MISSING
    if row["aspect"] == "mrr":
        return language.money(value)
    if row["aspect"] in ("plan", "touch_tier", "industry"):
        return language.percent(value, 0)
    return language.number(value, 0 if row["aspect"] in _WHOLE else 1)


def _changed(scene: Scene, row: Mapping[Any, Any], value: float, digits: int = 0) -> str:
    language = scene.language
    if row["aspect"] == "mrr":
        return language.money_change(value)
    if row["aspect"] in ("plan", "touch_tier", "industry"):
        return language.points(value, digits)
    return language.change(value, 0 if row["aspect"] in _WHOLE else 1)


def _interval(scene: Scene, row: Mapping[Any, Any]) -> str:
    """Both ends; with a decimal where an end beside zero would be rounded to it."""
    digits = int(bool(row["apart"]) and min(abs(row["low"]), abs(row["high"])) < HALF_A_POINT)
    low, high = (_changed(scene, row, row[name], digits) for name in ("low", "high"))
    return scene.say("{low} to {high}", low=low, high=high)


def _marks(data: pd.DataFrame) -> dict[tuple[int, str], str]:
    return {(at, "interval"): "cs-this" for at, apart in enumerate(data["apart"]) if apart}


def _title(scene: Scene, data: pd.DataFrame) -> str:
    """The trait that stands out most, in units of its interval."""
    apart = data[data["apart"]]
    if apart.empty:
        return scene.say(
            "{subject} is no different from the rest by more than chance would explain", subject=scene.subject
        )
    ratio = apart["difference"].abs() / (apart["high"] - apart["low"]).where(lambda width: width > 0)
    row = apart.loc[ratio.fillna(0.0).sort_values(ascending=False, kind="stable").index[0]]
    return scene.say(
        "{subject} stands out most by {trait}: {here} against {rest}",
        subject=scene.subject,
        trait=row["name"],
        here=row["here_words"],
        rest=row["rest_words"],
    )


def _like_the_rest(scene: Scene, data: pd.DataFrame) -> str:
    n = int(data["apart"].sum())
    return scene.language.count(
        "{n} of {of} traits is apart from the rest by more than chance would explain.",
        "{n} of {of} traits are apart from the rest by more than chance would explain.",
        n,
        of=scene.language.number(len(data)),
    )


def _caption(scene: Scene, data: pd.DataFrame) -> str:
    first = data.iloc[0]
    return sentences(
        scene.say(
            "{n} paying accounts beside {n_rest}. Of plans, touch and industries the {most} that differ most are shown;"
            " with many comparisons one of twenty is apart by chance alone.",
            n=scene.language.number(data["n"].max()),
            n_rest=scene.language.number(data["n_rest"].max()),
            most=N_PER_SHARE,
        ),
        scene.say("Bold: the interval does not hold zero.") if len(first) else "",
        scene.defined("profile"),
    )
