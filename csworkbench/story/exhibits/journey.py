"""The success journey: which step is reached in time, and where customers wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..charts.bars import Bar, bars
from ..exhibit import Exhibit, absent
from ..language import Language, is_missing
from ..scene import ALL, Scene
from ..tables import Column
from .wording import is_flat, is_small, sentences, series, too_few, with_cause, without_small


@dataclass(frozen=True)
class Weakest:
    """The step that the smallest share reaches in time, and who waits for it now."""

    name: str
    share: float
    due_days: int
    n: int
    n_stuck: int
    mrr_stuck: float


def journey_funnel(scene: Scene) -> Exhibit:
    """Share of customers that reach each step within its due days, with interval, n and who is stuck."""
    if not scene.has("journey_steps"):
        return scene.missing("journey_funnel", "journey_steps")
    data = _data(scene)
    rated = data.dropna(subset=["share"])
    if rated.empty:
        words = too_few(scene.language, int(data["n_eligible"].max()) if len(data) else 0)
        title = scene.say(
            "{subject}: the journey is not shown ({words}).", subject=scene.name(scene.segment), words=words
        )
        return absent("journey_funnel", title, scene.language)
    return _exhibit(scene, data, rated)


def _exhibit(scene: Scene, data: pd.DataFrame, rated: pd.DataFrame) -> Exhibit:
    language = scene.language
    row = rated.sort_values("share", kind="stable").iloc[0]
    weakest = _weakest(row)
    columns = [
        Column("name", scene.say("Step")),
        Column("due_days", scene.say("Due days"), "count"),
        Column("n_eligible", scene.say("Customers"), "count"),
        Column("n_reached", scene.say("In time"), "count"),
        Column("share", scene.say("Share in time"), "share"),
        Column("low", scene.say("95% from"), "share"),
        Column("high", scene.say("95% to"), "share"),
        Column("median_days", scene.say("Median days"), "one"),
        Column("n_stuck", scene.say("Stuck now"), "count"),
        Column("mrr_stuck", scene.say("MRR stuck"), "money"),
    ]
    return Exhibit(
        "journey_funnel",
        journey_title(language, weakest),
        language,
        so_what=sentences(_stuck(scene, data, weakest), _comparison(scene, row)),
        caption=_caption(scene, data),
        alt=_alt(scene, data),
        source=scene.source("milestones", "subscriptions"),
        figure_svg=_figure(scene, data, int(row["step"])),
        data=data,
        columns=[*columns, *([Column("book", scene.say("Whole book"), "share")] if scene.segment else [])],
    )


def _data(scene: Scene) -> pd.DataFrame:
    """One row per step in order; shares of steps with fewer than five customers are null. book: share of the whole."""
    due = {step.id: step.days for step in scene.measures.settings.journey}
    mine = without_small(scene.mine("journey_steps").sort_values("step"), "n_eligible", ("share", "low", "high"))
    steps = scene.frame("journey_steps")
    book = without_small(steps[steps["segment"] == ALL], "n_eligible", ("share",)).set_index("step")["share"]
    return mine.assign(
        name=[scene.milestone(id) for id in mine["milestone"]],
        due_days=[due.get(id, 0) for id in mine["milestone"]],
        book=book.reindex(mine["step"]).to_numpy(dtype=float),
    ).reset_index(drop=True)


def _weakest(row: pd.Series) -> Weakest:
    return Weakest(
        str(row["name"]),
        float(row["share"]),
        int(row["due_days"]),
        int(row["n_eligible"]),
        int(row["n_stuck"]),
        float(row["mrr_stuck"]),
    )


def journey_title(language: Language, step: Weakest) -> str:
    """The weakest step, its share in time, and who is stuck there."""
    values = {"step": step.name, "share": language.percent(step.share, 0)}
    values["days"] = language.count("{n} day", "{n} days", step.due_days)
    if step.share == 1:
        return language.say("Every step of the journey is reached in time by all customers")
    title = language.say("{step} is the weakest step: {share} reach it within {days}", **values)
    return with_cause(language, title, _stuck_words(language, step.n_stuck, step.mrr_stuck))


def _stuck_words(language: Language, n: int, mrr: float) -> str:
    if not n:
        return ""
    money = language.money(mrr)
    return language.count(
        "{n} account with {money} of MRR is stuck there",
        "{n} accounts with {money} of MRR are stuck there",
        n,
        money=money,
    )


def _stuck(scene: Scene, data: pd.DataFrame, weakest: Weakest) -> str:
    """Who is stuck at any step, in accounts and money."""
    n, mrr = int(data["n_stuck"].sum()), float(data["mrr_stuck"].sum())
    if not n:
        return scene.say("No account is stuck at any step.")
    if n == weakest.n_stuck:
        return scene.say("No account is stuck at another step.")
    return scene.language.count(
        "Over all steps {n} account with {money} of MRR is overdue.",
        "Over all steps {n} accounts with {money} of MRR are overdue.",
        n,
        money=scene.language.money(mrr),
    )


def _comparison(scene: Scene, row: pd.Series) -> str:
    if scene.segment is None or is_missing(row["book"]):
        return ""
    return step_against_book(
        scene.language, float(row["share"]), float(row["low"]), float(row["high"]), float(row["book"])
    )


def step_against_book(language: Language, share: float, low: float, high: float, book: float) -> str:
    """A step's share beside that of the whole book, and whether the difference may be chance."""
    values = {"gap": language.points_size(share - book, 0), "book": language.percent(book, 0)}
    if is_flat(share - book, 0):
        return language.say("That is as many as in the whole book ({book}).", **values)
    if low <= book <= high:
        return language.say("In the whole book {book} reach it; the difference may be chance.", **values)
    if share > book:
        return language.say("That is {gap} above the whole book ({book}).", **values)
    return language.say("That is {gap} below the whole book ({book}).", **values)


def _figure(scene: Scene, data: pd.DataFrame, weakest: int) -> str:
    rows = [_bar(scene, row, weakest) for row in data.to_dict("records")]
    has_reference = any(row.reference is not None for row in rows)
    return bars(rows, scene.language.lang, reference_words=scene.say("whole book") if has_reference else "")


def _bar(scene: Scene, row: Mapping[Any, Any], weakest: int) -> Bar:
    language = scene.language
    n = int(row["n_eligible"])
    share = None if is_missing(row["share"]) else float(row["share"])
    days = language.count("{n} day", "{n} days", int(row["due_days"]))
    remark = scene.say("within {days}, n = {n}", days=days, n=language.number(n))
    if share is None:
        return Bar(str(row["name"]), 0.0, language.percent(None), remark=scene.say("{remark}: too few", remark=remark))
    low, high, book = (float(row[key]) for key in ("low", "high", "book"))
    reference = book if scene.segment and not is_missing(book) else None
    marked = row["step"] == weakest and share < 1
    return Bar(str(row["name"]), share, language.percent(share, 0), low, high, marked, remark, reference)


def _caption(scene: Scene, data: pd.DataFrame) -> str:
    counted = scene.say(
        "{subject}, started in the last 24 months. n: customers that reached the step before and whose due days are"
        " over; thin line: 95% interval.",
        subject=scene.name(scene.segment),
    )
    few = scene.say("Steps with fewer than 5 customers have no rate.") if data["n_eligible"].map(is_small).any() else ""
    return sentences(counted, few, scene.defined("step_conversion"))


def _alt(scene: Scene, data: pd.DataFrame) -> str:
    language = scene.language
    steps = [
        f"{row['name']} {language.percent(row['share'], 0)} (n = {language.number(row['n_eligible'])})"
        for row in data.to_dict("records")
    ]
    return scene.say("Bars of customers that reach each step in time: {steps}.", steps=series(scene.language, steps))
