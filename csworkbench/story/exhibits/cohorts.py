"""Cohorts by quarter of start: who is still there, and how much they pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...metrics.intervals import SMALLEST_GROUP, wilson
from ..charts.triangle import Cohort, Heads, triangle
from ..exhibit import Exhibit, absent
from ..language import Language
from ..scene import ALL, Scene
from ..tables import Column
from .wording import is_flat, is_small, joined, sentences, series, too_few, with_cause

YEAR = 4
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Neighbouring cohorts taken together. labels: their quarters; base: accounts, or MRR in period 0.

    kept: what is left of the base in each period from 0; NaN where the period is not over for all of them.
    """

    labels: tuple[str, ...]
    n: int
    base: float
    kept: Floats

    @property
    def shares(self) -> Floats:
        """Share of the base that is left in each period; all NaN for fewer than five accounts."""
        if is_small(self.n) or not self.base:
            return np.full(len(self.kept), np.nan)
        return self.kept / self.base

    def __add__(self, other: Group) -> Group:
        return Group(self.labels + other.labels, self.n + other.n, self.base + other.base, self.kept + other.kept)

    def __sub__(self, other: Group) -> Group:
        kept = np.where(np.isfinite(self.kept), self.kept - np.nan_to_num(other.kept), np.nan)
        return Group(self.labels, self.n - other.n, self.base - other.base, kept)


@dataclass(frozen=True)
class Together:
    """The customers old enough for the period of the message; rest: the same of the rest of the book, or None."""

    period: int
    group: Group
    rest: Group | None = None

    @property
    def share(self) -> float:
        """What is left of them in that period."""
        return float(self.group.shares[self.period])

    @property
    def rest_share(self) -> float | None:
        """The same of the rest of the book; None without one or with too few accounts."""
        share = self.rest.shares[self.period] if self.rest else np.nan
        return float(share) if np.isfinite(share) else None


def logo_cohorts(scene: Scene) -> Exhibit:
    """Customers still paying, by quarter of start and quarters since."""
    return _cohorts(scene, "logo_cohorts", "logo")


def revenue_cohorts(scene: Scene) -> Exhibit:
    """MRR against that of the first quarter, by quarter of start and quarters since."""
    return _cohorts(scene, "revenue_cohorts", "revenue")


def _cohorts(scene: Scene, id: str, unit: str) -> Exhibit:
    if not scene.has("cohorts"):
        return scene.missing(id, "cohorts")
    groups = _groups(scene, unit, scene.unit)
    together = _together(scene, unit, groups)
    if together is None:
        return absent(id, _nothing(scene, groups), scene.language)
    return _exhibit(scene, id, unit, pooled(groups), together)


def _exhibit(scene: Scene, id: str, unit: str, groups: Sequence[Group], together: Together) -> Exhibit:
    language = scene.language
    title, so_what = (logo_title, logo_sentence) if unit == "logo" else (revenue_title, revenue_sentence)
    data = _data(scene, groups, together)
    periods = [str(column) for column in data if str(column).startswith("after_")]
    return Exhibit(
        id,
        title(language, together),
        language,
        so_what=sentences(so_what(language, together), _weakest(scene, groups, together)),
        caption=_caption(scene, unit, groups, together),
        alt=_alt(scene, id, groups, together),
        source=scene.source("subscriptions", "accounts"),
        figure_svg=_figure(scene, unit, groups, together),
        data=data,
        columns=(
            Column("cohort", scene.say("Started in")),
            Column("n", scene.say("Customers"), "count"),
            *(Column(name, name.removeprefix("after_"), "share0") for name in periods),
        ),
    )


def _groups(scene: Scene, unit: str, segment: str) -> list[Group]:
    """Every cohort of that part of the book, oldest first."""
    frame = scene.frame("cohorts")
    mine = frame[(frame["segment"] == segment) & (frame["unit"] == unit) & (frame["rule"] == "on") & (frame["n"] > 0)]
    width = int(frame["period"].max()) + 1 if len(frame) else 0
    found = []
    for label, rows in mine.groupby("cohort", sort=True):
        kept = np.full(width, np.nan)
        kept[rows["period"].to_numpy()] = rows["value"].where(rows["mature"]).to_numpy(dtype=float)
        n = int(rows["n"].iloc[0])
        found.append(Group((str(label),), n, float(n) if unit == "logo" else float(np.nan_to_num(kept[0])), kept))
    return found


def pooled(groups: Sequence[Group]) -> list[Group]:
    """Neighbouring cohorts taken together, from the oldest, until each holds five accounts; the last may hold fewer."""
    found: list[Group] = []
    for group in groups:
        if found and is_small(found[-1].n):
            found[-1] += group
        else:
            found.append(group)
    return found


def _old_enough(groups: Sequence[Group], period: int) -> Group | None:
    old = [group for group in groups if np.isfinite(group.kept[period])]
    total = old[0] if old else None
    for group in old[1:]:
        assert total is not None
        total += group
    return total


def _together(scene: Scene, unit: str, groups: Sequence[Group]) -> Together | None:
    """All customers old enough for four quarters, else for the longest period that five are old enough for."""
    width = len(groups[0].kept) if groups else 0
    for period in range(min(YEAR, width - 1), 0, -1):
        total = _old_enough(groups, period)
        if total and not is_small(total.n) and total.base:
            return Together(period, total, _rest(scene, unit, total, period))
    return None


def _rest(scene: Scene, unit: str, mine: Group, period: int) -> Group | None:
    if scene.segment is None:
        return None
    book = _old_enough(_groups(scene, unit, ALL), period)
    return book - mine if book and book.n - mine.n >= SMALLEST_GROUP else None


def _nothing(scene: Scene, groups: Sequence[Group]) -> str:
    n = sum(group.n for group in groups)
    if not n:
        return scene.say(
            "Cohorts of {subject} are not shown: no customer started in the last 12 quarters.", subject=scene.subject
        )
    if n < SMALLEST_GROUP:
        words = too_few(scene.language, n)
        return scene.say("Cohorts of {subject} are not shown: {words}.", subject=scene.subject, words=words)
    return scene.say(
        "Cohorts of {subject} are not shown: fewer than 5 customers started a quarter ago or earlier.",
        subject=scene.subject,
    )


def _quarters(language: Language, n: int) -> str:
    return language.count("{n} quarter", "{n} quarters", n)


def logo_title(language: Language, together: Together) -> str:
    """How many of the customers old enough were still paying, beside the rest of the book."""
    values = {"after": _quarters(language, together.period), "share": language.percent(together.share, 0)}
    if together.group.kept[together.period] == together.group.base:
        title = language.say(
            "All {n} customers who started at least {after} ago were still paying after {after}",
            n=language.number(together.group.n),
            **values,
        )
    else:
        title = language.say(
            "Of {n} customers who started at least {after} ago, {share} were still paying after {after}",
            n=language.number(together.group.n),
            **values,
        )
    return joined(language, title, _rest_words(language, together))


def _rest_words(language: Language, together: Together) -> str:
    if together.rest_share is None:
        return ""
    return language.say("against {share} in the rest of the book", share=language.percent(together.rest_share, 0))


def revenue_title(language: Language, together: Together) -> str:
    """How much more or less the customers old enough paid than in the quarter of their start."""
    values = {"n": language.number(together.group.n), "after": _quarters(language, together.period)}
    values["change"] = language.percent(abs(together.share - 1), 0)
    if is_flat(together.share - 1, 0):
        title = language.say("After {after}, {n} customers paid as much MRR as in the quarter they started", **values)
    elif together.share > 1:
        title = language.say(
            "After {after}, {n} customers paid {change} more MRR than in the quarter they started", **values
        )
    else:
        title = language.say(
            "After {after}, {n} customers paid {change} less MRR than in the quarter they started", **values
        )
    return with_cause(language, title, _rest_change(language, together))


def _rest_change(language: Language, together: Together) -> str:
    share = together.rest_share
    if share is None:
        return ""
    change = language.percent(abs(share - 1), 0)
    if is_flat(share - 1, 0):
        return language.say("the rest of the book as much")
    return (
        language.say("the rest of the book {change} more", change=change)
        if share > 1
        else language.say("the rest of the book {change} less", change=change)
    )


def logo_sentence(language: Language, together: Together) -> str:
    """Where most customers leave, and whether the difference to the rest may be chance."""
    drops = -np.diff(np.concatenate([[1.0], together.group.shares[1 : together.period + 1]]))
    at = int(np.argmax(drops)) + 1
    where = (
        ""
        if is_flat(float(drops.max()), 0)
        else language.say("The largest loss came in quarter {k} after the start.", k=language.number(at))
    )
    return sentences(where, _chance(language, together))


def _chance(language: Language, together: Together) -> str:
    if together.rest is None or together.rest_share is None or is_flat(together.share - together.rest_share, 0):
        return ""
    low, high = _interval(together.group, together.period)
    other_low, other_high = _interval(together.rest, together.period)
    if low <= other_high and other_low <= high:
        return language.say("The difference to the rest of the book may be chance.")
    return language.say("The difference to the rest of the book is more than chance.")


def _interval(group: Group, period: int) -> tuple[float, float]:
    low, high = wilson(group.kept[period], group.n)
    return float(low), float(high)


def revenue_sentence(language: Language, together: Together) -> str:
    """Whether expansion outweighs what was lost."""
    if is_flat(together.share - 1, 0):
        return language.say("Expansion just makes up for what left.")
    if together.share > 1:
        return language.say(
            "Expansion outweighs what left: the longer customers stay, the more they are worth together."
        )
    return language.say("Expansion does not make up for what left.")


def _weakest(scene: Scene, groups: Sequence[Group], together: Together) -> str:
    rated = [
        (float(group.shares[together.period]), group) for group in groups if np.isfinite(group.shares[together.period])
    ]
    if len(rated) < 2:
        return ""
    share, group = min(rated, key=lambda pair: (pair[0], pair[1].labels))
    if is_flat(share - max(pair[0] for pair in rated), 0):
        return ""
    return scene.language.count(
        "Weakest cohort: {cohort} with {share} ({n} customer).",
        "Weakest cohort: {cohort} with {share} ({n} customers).",
        group.n,
        cohort=_name(scene, group),
        share=scene.language.percent(share, 0),
    )


def _name(scene: Scene, group: Group) -> str:
    first, last = group.labels[0], group.labels[-1]
    if first == last:
        return scene.language.quarter(first)
    if first[:4] == last[:4]:
        values = {"first": first[-1], "last": last[-1], "year": scene.language.fiscal_year(first)}
        calendar = scene.language.fiscal_year_start == 1
        return scene.say("Q{first}–Q{last} {year}" if calendar else "FY{year} Q{first}–Q{last}", **values)
    return scene.say("{start}–{end}", start=scene.language.quarter(first), end=scene.language.quarter(last))


def _n_periods(groups: Sequence[Group]) -> int:
    known = [int(np.flatnonzero(np.isfinite(group.kept)).max(initial=0)) for group in groups]
    return max(1, *known)


def _data(scene: Scene, groups: Sequence[Group], together: Together) -> pd.DataFrame:
    """cohort, n and one column per period (after_0 …): one row per group, then those of the message and the rest."""
    width = _n_periods(groups) + 1
    rows = [(_name(scene, group), group.n, group.shares[:width]) for group in groups]
    for name, group in _totals(scene, together):
        shares = np.where(np.arange(width) <= together.period, group.shares[:width], np.nan)
        rows.append((name, group.n, shares))
    table = pd.DataFrame([shares for *_, shares in rows], columns=[f"after_{k}" for k in range(width)])
    return pd.concat([pd.DataFrame({"cohort": [row[0] for row in rows], "n": [row[1] for row in rows]}), table], axis=1)


def _totals(scene: Scene, together: Together) -> list[tuple[str, Group]]:
    rest = [(scene.say("Rest of book"), together.rest)] if together.rest else []
    return [(scene.say("Together"), together.group), *rest]


def _figure(scene: Scene, unit: str, groups: Sequence[Group], together: Together) -> str:
    width = _n_periods(groups)
    rows = [_row(scene, _name(scene, group), group, width) for group in groups]
    rows += [_row(scene, name, group, width, together.period) for name, group in _totals(scene, together)]
    heads = Heads(
        [str(k) for k in range(1, width + 1)],
        scene.say("n"),
        scene.say("% of customers still paying, by quarters since the start")
        if unit == "logo"
        else scene.say("% of the MRR of the first quarter, by quarters since"),
        scene.say("not over yet"),
        together.period - 1,
    )
    return triangle(rows, heads, scene.language.lang)


def _row(scene: Scene, name: str, group: Group, width: int, only: int | None = None) -> Cohort:
    shares = [
        float(share) if np.isfinite(share) and (only is None or k <= only) else None
        for k, share in enumerate(group.shares[1 : width + 1], 1)
    ]
    words = ["" if share is None else scene.language.number(100 * share) for share in shares]
    few = is_small(group.n) and np.isfinite(group.kept[1 : width + 1]).any()
    note = scene.say("fewer than 5 customers") if few else ""
    return Cohort(name, scene.language.number(group.n), shares, words, note, only is not None)


def _caption(scene: Scene, unit: str, groups: Sequence[Group], together: Together) -> str:
    n = sum(group.n for group in groups)
    counted = scene.language.count(
        "{subject}: {n} customer by quarter of start.",
        "{subject}: {n} customers by quarter of start.",
        n,
        subject=scene.name(scene.segment),
    )
    many = any(len(group.labels) > 1 for group in groups)
    return sentences(
        counted,
        scene.say(
            "Together: those who started at least {after} ago.", after=_quarters(scene.language, together.period)
        ),
        scene.say("Neighbouring quarters are taken together until they hold 5 customers.") if many else "",
        scene.defined("cohort_retention"),
    )


def _alt(scene: Scene, id: str, groups: Sequence[Group], together: Together) -> str:
    after = _quarters(scene.language, together.period)
    rates = [
        f"{_name(scene, group)} {scene.language.percent(group.shares[together.period], 0)}"
        for group in groups
        if np.isfinite(group.shares[together.period])
    ]
    rates += [
        f"{name} {scene.language.percent(group.shares[together.period], 0)}" for name, group in _totals(scene, together)
    ]
    what = (
        scene.say("Triangle of customers still paying")
        if id == "logo_cohorts"
        else scene.say("Triangle of MRR against the first quarter")
    )
    return scene.say("{what}; after {after}: {rates}.", what=what, after=after, rates=series(scene.language, rates))
