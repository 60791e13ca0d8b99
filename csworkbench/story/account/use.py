"""Use against the account's own past and against anonymous peers."""

from __future__ import annotations

import pandas as pd

from ..charts.lines import Line, lines
from ..exhibit import Exhibit, absent
from ..language import Language, is_missing
from ..scene import Scene
from ..tables import Column
from .listing import account_name, listing
from .names import named

INDEX = "adoption_index"


def adoption(scene: Scene) -> Exhibit:
    """The Adoption Index over five quarters beside the median of anonymous peers."""
    if not scene.has("use"):
        return scene.missing("adoption", "use")
    rows = of_measure(scene.frame("use"), INDEX)
    if rows.empty or rows["quarter"].iloc[-1] != scene.quarter.label or is_missing(rows["value"].iloc[-1]):
        return absent("adoption", scene.say("No use was measured this quarter."), scene.language)
    language, ticks = scene.language, [scene.language.quarter(q) for q in rows["quarter"]]
    shown = rows.assign(quarter=ticks)
    title = adoption_title(language, rows)
    return Exhibit(
        "adoption",
        title,
        language,
        so_what=_so_what(scene, rows),
        caption=scene.noted(_peers_words(scene, rows.iloc[-1]), scene.defined(INDEX)),
        alt=_alt(scene, shown),
        source=scene.source("usage", "subscriptions"),
        figure_svg=_figure(scene, rows),
        data=shown,
        columns=[
            Column("quarter", scene.say("Quarter")),
            Column("value", scene.say("Adoption Index (0–100)"), "one"),
            *peer_columns(scene, "one"),
        ],
    )


def of_measure(use: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The rows of one measure, oldest quarter first."""
    return use[use["measure"] == measure].sort_values("quarter").reset_index(drop=True)


def adoption_title(language: Language, rows: pd.DataFrame) -> str:
    """Where the Adoption Index stands among peers; where those are too few, how it moved."""
    row = rows.iloc[-1]
    if is_missing(row["peers_median"]):
        return adoption_moved(language, rows)
    value, low, high = (float(row[name]) for name in ("value", "peers_low", "peers_high"))
    values = {"value": language.number(value), "median": language.number(row["peers_median"])}
    if value >= high:
        return language.say(
            "The Adoption Index is {value}, in the upper quarter of comparable customers (median {median})", **values
        )
    if value <= low:
        return language.say(
            "The Adoption Index is {value}, in the lower quarter of comparable customers (median {median})", **values
        )
    return language.say(
        "The Adoption Index is {value}, in the middle half of comparable customers (median {median})", **values
    )


def adoption_moved(language: Language, rows: pd.DataFrame) -> str:
    """How the Adoption Index moved since the first quarter shown in which it was measured."""
    known = rows.dropna(subset=["value"])
    now, first = known.iloc[-1], known.iloc[0]
    value = language.number(now["value"])
    if len(known) < 2:
        return language.say("The Adoption Index is {value}; there is no earlier quarter to compare", value=value)
    change = round(float(now["value"])) - round(float(first["value"]))
    values = {"value": value, "size": language.number(abs(change)), "quarter": language.quarter(first["quarter"])}
    if not change:
        return language.say("The Adoption Index stands at {value}, as in {quarter}", **values)
    if change > 0:
        return language.say("The Adoption Index rose by {size} to {value} since {quarter}", **values)
    return language.say("The Adoption Index fell by {size} to {value} since {quarter}", **values)


def _so_what(scene: Scene, rows: pd.DataFrame) -> str:
    """How it moved against the quarter before; why there is no comparison where peers are too few."""
    language, row = scene.language, rows.iloc[-1]
    if is_missing(row["peers_median"]):
        return language.say("There are too few comparable customers for a comparison.")
    before = rows[rows["quarter"] == scene.quarter.previous.label]["value"].dropna()
    if before.empty:
        return ""
    change = round(float(row["value"])) - round(float(before.iloc[0]))
    values = {"size": language.number(abs(change)), "quarter": language.quarter(scene.quarter.previous.label)}
    if not change:
        return language.say("That is as much as in {quarter}.", **values)
    if change > 0:
        return language.say("That is {size} more than in {quarter}.", **values)
    return language.say("That is {size} less than in {quarter}.", **values)


def _peers_words(scene: Scene, row: pd.Series) -> str:
    if is_missing(row["peers_median"]):
        return scene.say("Comparable customers are shown only from five on, never by name.")
    return scene.language.count(
        "Comparable customers: {n} other customer of the same segment, anonymous; only quartiles are shown.",
        "Comparable customers: {n} other customers of the same segment, anonymous; only quartiles are shown.",
        int(row["n_peers"]),
    )


def peer_columns(scene: Scene, kind: str) -> list[Column]:
    """Quartiles of the peers and their number."""
    return [
        Column("peers_low", scene.say("Peers: lower quartile"), kind),
        Column("peers_median", scene.say("Peers: median"), kind),
        Column("peers_high", scene.say("Peers: upper quartile"), kind),
        Column("n_peers", scene.say("Peers"), "count"),
    ]


def _figure(scene: Scene, rows: pd.DataFrame) -> str:
    language = scene.language
    ticks = [f"Q{str(q)[-1]}\n{language.year(q)}" if str(q)[-1] == "1" or at == 0 else f"Q{str(q)[-1]}\n"
             for at, q in enumerate(rows["quarter"])]  # fmt: skip
    series = [_line(language, scene.say("This customer"), rows["value"])]
    if rows["peers_median"].notna().any():
        series.append(_line(language, scene.say("Peers, median"), rows["peers_median"]))
    return lines(series, ticks, language.lang)


def _line(language: Language, name: str, values: pd.Series) -> Line:
    ends = (language.number(values.iloc[0]), language.number(values.iloc[-1]))
    return Line(name, [float(value) for value in values], *ends)


def _alt(scene: Scene, shown: pd.DataFrame) -> str:
    steps = [f"{row['quarter']} {scene.language.number(row['value'])}" for row in shown.to_dict("records")]
    median = scene.language.number(shown["peers_median"].iloc[-1])
    return scene.say(
        "Line of the Adoption Index of {name}: {steps}; median of comparable customers now {median}.",
        name=account_name(scene), steps=scene.language.listed(steps), median=median,
    )  # fmt: skip


def parts_of_use(scene: Scene) -> Exhibit:
    """Seats, core features and weeks in use: now, a quarter and a year ago, and the quartiles of peers."""
    if not scene.has("use"):
        return scene.missing("use", "use")
    use = scene.frame("use")
    quarters = [scene.quarter.label, scene.quarter.previous.label, scene.quarter.year_ago.label]
    now, before, year_ago = (use[use["quarter"] == q].set_index("measure") for q in quarters)
    names = [name for name in ("seats", "breadth", "regularity") if name in now.index and now["value"].notna()[name]]
    if not names:
        return absent("use", scene.say("No use was measured this quarter."), scene.language)
    shown = now.loc[names].assign(
        name=[named(scene, "measure", name) for name in names],
        before=before["value"].reindex(names),
        year_ago=year_ago["value"].reindex(names),
    )
    columns = [
        Column("name", scene.say("Measure")),
        Column("value", scene.language.quarter(quarters[0]), "share0"),
        Column("before", scene.language.quarter(quarters[1]), "share0"),
        Column("year_ago", scene.language.quarter(quarters[2]), "share0"),
        *peer_columns(scene, "share0"),
    ]
    return listing(
        scene, "use", parts_title(scene, shown), shown, columns, ["usage", "subscriptions"],
        caption=scene.say(
            "Seats in use: most users of one feature on one day over seats bought. Core features in use: of those"
            " bought. Weeks with use: of the weeks of the last 90 days."
        ),
    )  # fmt: skip


def parts_title(scene: Scene, shown: pd.DataFrame) -> str:
    """The part that is furthest below its peers' median; without peers the weakest part."""
    gap = (shown["peers_median"] - shown["value"]).fillna(-1.0)
    compared = shown["peers_median"].notna().any()
    if compared and gap.max() > 0.005:
        row = shown.iloc[int(gap.to_numpy().argmax())]
        return scene.say(
            "{measure} leave room: {value}, against {median} at comparable customers",
            measure=row["name"], value=scene.language.percent(row["value"], 0),
            median=scene.language.percent(row["peers_median"], 0),
        )  # fmt: skip
    row = shown.iloc[int(shown["value"].to_numpy().argmin())]
    value = scene.language.percent(row["value"], 0)
    if compared:
        return scene.say("Use is at or above comparable customers in every part; lowest: {measure}, {value}",
                         measure=row["name"], value=value)  # fmt: skip
    return scene.say("The weakest part of use: {measure}, {value}", measure=row["name"], value=value)
