"""Cohorts by quarter of start: who is still there, and how much they pay."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..charts.triangle import Cohort, Heads, triangle
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column
from .cohort_groups import Group, Together, cohort_groups, oldest_together, pooled
from .cohort_words import logo_sentence, logo_title, quarters, revenue_sentence, revenue_title
from .wording import is_flat, is_small, sentences, series, too_few


def logo_cohorts(scene: Scene) -> Exhibit:
    """Customers still paying, by quarter of start and quarters since."""
    return _cohorts(scene, "logo_cohorts", "logo")


def revenue_cohorts(scene: Scene) -> Exhibit:
    """MRR against that of the first quarter, by quarter of start and quarters since."""
    return _cohorts(scene, "revenue_cohorts", "revenue")


def _cohorts(scene: Scene, id: str, unit: str) -> Exhibit:
    if not scene.has("cohorts"):
        return scene.missing(id, "cohorts")
    groups = cohort_groups(scene, unit, scene.unit)
    together = oldest_together(scene, unit, groups)
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
        caption=_caption(scene, groups, together),
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


def _nothing(scene: Scene, groups: Sequence[Group]) -> str:
    n = sum(group.n for group in groups)
    if not n:
        return scene.say(
            "{subject}: cohorts are not shown (no customer started in the last 12 quarters).",
            subject=scene.name(scene.segment),
        )
    if n < SMALLEST_GROUP:
        words = too_few(scene.language, n)
        return scene.say("{subject}: cohorts are not shown ({words}).", subject=scene.name(scene.segment), words=words)
    return scene.say(
        "{subject}: cohorts are not shown (fewer than 5 customers started a quarter ago or earlier).",
        subject=scene.name(scene.segment),
    )


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


def _caption(scene: Scene, groups: Sequence[Group], together: Together) -> str:
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
        scene.say("Together: those who started at least {after} ago.", after=quarters(scene.language, together.period)),
        scene.say("Neighbouring quarters are taken together until they hold 5 customers.") if many else "",
        scene.defined("cohort_retention"),
    )


def _alt(scene: Scene, id: str, groups: Sequence[Group], together: Together) -> str:
    after = quarters(scene.language, together.period)
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
