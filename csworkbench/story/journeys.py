"""The journey as an analyst sees it: each step by any split, who is stuck, and what followed lateness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..metrics.intervals import SMALLEST_GROUP
from ..metrics.journey import step_conversion, step_days, stuck
from ..metrics.late_steps import after_late_steps
from ..metrics.questions import Question
from .asked import cohort_name
from .exhibit import Exhibit, absent
from .journey_pictures import groups_picture, late_picture, said_of, steps_picture
from .scene import Scene
from .tables import Column, table

EVERY = "all"
MOST_STUCK, MOST_KEPT, MOST_ROWS = 15, 500, 60
_RATES = ("share", "low", "high")


def conversion(scene: Scene, journey: pd.DataFrame, by: str = "", named: Mapping[str, str] | None = None) -> Exhibit:
    """Who reached each step within its due days, by a split; by CSM drawn towards the team by how little is known.

    journey: as `metrics.journey.journey` returns it, with the column `by`. named: group → what readers call it.
    """
    key = by or EVERY
    rows = journey if by else journey.assign(**{EVERY: scene.say("All")})
    rows = rows.dropna(subset=[key])
    found = step_conversion(rows, key)
    few = found["n_eligible"] < SMALLEST_GROUP
    found = found.assign(**{name: found[name].where(~few) for name in _RATES})
    found = found.assign(
        group=_names(scene, by, found[key], named), name=[scene.milestone(id) for id in found["milestone"]]
    )
    if found["share"].isna().all():
        return absent(
            "conversion",
            scene.say("Step conversion is not shown: every group has fewer than 5 accounts."),
            scene.language,
        )
    columns = _conversion_columns(scene, "shrunk" in found)
    title, most = _weakest(scene, found, by), scene.say("The {n} weakest are listed.", n=MOST_ROWS)
    listed = _with_days(_weakest_first(found) if len(found) > MOST_ROWS else found, rows, key)
    return Exhibit(
        "conversion",
        title,
        scene.language,
        so_what=scene.say("CSMs are drawn towards the team by how little is known of them.")
        if "shrunk" in found
        else "",
        caption=scene.noted(
            scene.say("In time: within the due days of the step, of those for which these days are over."),
            most if len(found) > len(listed) else "",
        ),
        alt=scene.say("Shares in time with intervals: {parts}.", parts=_told(scene, found, by)),
        source=scene.source("milestones", "subscriptions"),
        figure_svg=_picture(scene, found, by),
        data=listed,
        columns=columns,
    )


def _picture(scene: Scene, found: pd.DataFrame, by: str) -> str:
    """The groups of the weakest step, or every step where nothing is split."""
    return groups_picture(scene, found, str(_lowest(found)["milestone"])) if by else steps_picture(scene, found)


def _told(scene: Scene, found: pd.DataFrame, by: str) -> str:
    rows = found[found["milestone"] == _lowest(found)["milestone"]] if by else found
    return said_of(scene, rows, "group" if by else "name")


def _lowest(found: pd.DataFrame) -> pd.Series:
    """The row with the lowest share in time, drawn in where it is."""
    told = "shrunk" if "shrunk" in found else "share"
    return found.dropna(subset=["share"]).sort_values([told, "step", "group"], kind="stable").iloc[0]


def _weakest_first(found: pd.DataFrame) -> pd.DataFrame:
    told = "shrunk" if "shrunk" in found else "share"
    return found.dropna(subset=["share"]).sort_values([told, "step", "group"], kind="stable").head(MOST_ROWS)


def _with_days(found: pd.DataFrame, journey: pd.DataFrame, by: str) -> pd.DataFrame:
    """The rows with median_days and p75_days of their groups, null under five accounts."""
    days = step_days(journey[journey[by].isin(found[by])], by)
    both = found.merge(days.astype({by: found[by].dtype}), on=[by, "step"], how="left")
    enough = both["n_eligible"] >= SMALLEST_GROUP
    return both.assign(**{name: both[name].where(enough) for name in ("median_days", "p75_days")})


def _conversion_columns(scene: Scene, by_csm: bool) -> list[Column]:
    say = scene.say
    shrunk = [
        Column("shrunk", say("Drawn in"), "share0"),
        Column("shrunk_low", say("from"), "share0"),
        Column("shrunk_high", say("to"), "share0"),
    ]
    return [
        Column("name", say("Step")),
        Column("group", say("Group")),
        Column("n_eligible", say("n"), "count"),
        Column("share", say("In time"), "share0"),
        Column("low", say("95% from"), "share0"),
        Column("high", say("95% to"), "share0"),
        *(shrunk if by_csm else []),
        Column("median_days", say("Median days"), "count"),
        Column("p75_days", say("P75 days"), "count"),
    ]


def _weakest(scene: Scene, found: pd.DataFrame, by: str) -> str:
    told = "shrunk" if "shrunk" in found else "share"
    rated = found.dropna(subset=["share"]).sort_values([told, "step", "group"], kind="stable")
    worst = _lowest(found)
    values = {"step": worst["name"], "share": scene.language.percent(worst[told], 0)}
    if not by:
        return scene.say("{step} is the weakest step: {share} reach it in time", **values)
    others = rated[rated["step"] == worst["step"]]
    values["group"] = worst["group"]
    if len(others) < 2:
        return scene.say("{step}: {group} {share} in time", **values)
    best = others.iloc[-1]
    share = scene.language.percent(best[told], 0)
    return scene.say("{step}: {group} {share} in time, {other} {best}", **values, other=best["group"], best=share)


def stuck_accounts(scene: Scene, journey: pd.DataFrame, mrr: pd.Series, names: pd.Series) -> Exhibit:
    """Who waits for a step longer than it should take, most money first. mrr, names: by account_id."""
    found = stuck(journey)
    found = found.assign(mrr=found["account_id"].map(mrr))
    found = found.sort_values(["mrr", "account_id"], ascending=[False, True], ignore_index=True)
    if found.empty:
        return absent("stuck", scene.say("No account is stuck at any step."), scene.language)
    say = scene.say
    columns = [
        Column("account", say("Account")),
        Column("segment", say("Segment")),
        Column("name", say("Waits for")),
        Column("overdue_days", say("Days overdue"), "count"),
        Column("mrr", say("MRR"), "money"),
    ]
    title = scene.language.count(
        "{n} account with {money} of MRR waits longer than it should",
        "{n} accounts with {money} of MRR wait longer than they should",
        len(found),
        money=scene.language.money(float(found["mrr"].sum())),
    )
    kept = found.head(MOST_KEPT)
    kept = kept.assign(
        account=kept["account_id"].map(names),
        name=[scene.milestone(id) for id in kept["milestone"]],
        segment=[scene.name(name) for name in kept["segment"]],
    )
    shown_rows = kept.head(MOST_STUCK)
    return Exhibit(
        "stuck",
        title,
        scene.language,
        caption=say("The {n} with most MRR are listed.", n=len(shown_rows)) if len(found) > MOST_STUCK else "",
        source=scene.source("milestones", "subscriptions"),
        table_html=table(shown_rows, columns, scene.language, say("Accounts stuck in the journey")),
        data=kept,
        columns=columns,
    )


def after_lateness(scene: Scene, journey: pd.DataFrame, paid_until: pd.Series) -> Exhibit:
    """What followed when a step was late: who left within a year of the day it was due."""
    found = after_late_steps(journey, paid_until, scene.measures.as_of)
    found = found.assign(name=[scene.milestone(id) for id in found["milestone"]])
    wide = found.pivot(index=["step", "name"], columns="late", values=["n", "share", "low", "high"])
    wide.columns = [f"{column[0]}_{'late' if column[1] else 'punctual'}" for column in wide.columns.to_list()]
    wide = wide.reset_index()
    for name in (f"{part}_{side}" for part in ("n", "share", "low", "high") for side in ("late", "punctual")):
        wide[name] = wide[name] if name in wide else float("nan")
    both = wide.dropna(subset=["share_late", "share_punctual"])
    if both.empty:
        words = scene.say(
            "What followed late steps is not shown: fewer than 5 accounts were late, or in time, a year ago."
        )
        return absent("late", words, scene.language)
    columns = _late_columns(scene)
    return Exhibit(
        "late",
        _costliest(scene, both),
        scene.language,
        so_what=scene.say("Observed, not caused: accounts that start late may differ in other ways."),
        caption=scene.say("Counted from the day a step was due, for accounts that still paid then."),
        alt=scene.say("Left within a year, with intervals: {parts}.", parts=_followed(scene, found)),
        source=scene.source("milestones", "subscriptions"),
        figure_svg=late_picture(scene, found),
        data=wide,
        columns=columns,
    )


def _followed(scene: Scene, found: pd.DataFrame) -> str:
    sides = {False: scene.say("in time"), True: scene.say("late")}
    named = [f"{row['name']} ({sides[bool(row['late'])]})" for row in found.to_dict("records")]
    return said_of(scene, found.assign(who=named), "who")


def _late_columns(scene: Scene) -> Sequence[Column]:
    say = scene.say
    return [
        Column("name", say("Step")),
        Column("n_punctual", say("In time: n"), "count"),
        Column("share_punctual", say("left within a year"), "share0"),
        Column("low_punctual", say("95% from"), "share0"),
        Column("high_punctual", say("95% to"), "share0"),
        Column("n_late", say("Late: n"), "count"),
        Column("share_late", say("left within a year"), "share0"),
        Column("low_late", say("95% from"), "share0"),
        Column("high_late", say("95% to"), "share0"),
    ]


def _costliest(scene: Scene, both: pd.DataFrame) -> str:
    gap = both["share_late"] - both["share_punctual"]
    row = both.iloc[int(gap.abs().to_numpy().argmax())]
    return scene.say(
        "{step}: {late} of the late accounts left within a year, {punctual} of those in time",
        step=row["name"],
        late=scene.language.percent(row["share_late"], 0),
        punctual=scene.language.percent(row["share_punctual"], 0),
    )


def _names(scene: Scene, by: str, groups: pd.Series, named: Mapping[str, str] | None) -> list[str]:
    """What readers call each group; of one known value the same words as in a question over cohorts."""
    if named is not None or not by:
        return [str((named or {}).get(str(group), group)) for group in groups]
    return [cohort_name(scene, Question(by=by), str(group)) for group in groups]
