"""What an explorer says beside its table: pictures with words for those who do not see them, lists, and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from ..metrics.questions import Comparison
from ..story.answered import Answered
from ..story.exhibit import svg_uri
from ..story.language import Language
from ..story.scene import Scene
from ..story.tables import Column, table
from ..story.text import shown

if TYPE_CHECKING:
    from .desk import Desk

MOST_ACCOUNTS = 30
LINK = "text-decoration:underline;color:var(--jp-content-link-color, var(--vscode-textLink-foreground, #0b5cad))"


def picture(svg: str, alt: str) -> Markup:
    """A drawing as an image with its description."""
    shown_as = "max-width:100%;width:560px;background:#fff;color-scheme:light"
    return Markup('<img style="{}" src="{}" alt="{}">').format(shown_as, svg_uri(svg), alt)


def headed(caption: str, table: Markup) -> Markup:
    """A table under a line that is seen; its caption is read out only."""
    return Markup('<p style="margin:8px 0 2px"><b>{}</b></p>').format(caption) + table


def alert(words: str) -> Markup:
    """What went wrong, read out at once; nothing for no words."""
    box = "border-left:4px solid #b9531b;padding:4px 10px"
    return Markup('<p role="alert" style="{}">{}</p>').format(box, words) if words else Markup("")


def alt_of(answered: Answered) -> str:
    """The curves in words."""
    return answered.scene.say("Curves by period since the start. {title}.", title=answered.title)


def message(answered: Answered) -> Markup:
    """The title of an answer and what all cohorts together say."""
    head = Markup('<h4 style="margin:8px 0 2px">{}</h4><p style="margin:0">{}</p>')
    return head.format(answered.title, answered.overall)


def caption_of(answered: Answered, cohort: str, period: int) -> str:
    """What the accounts of a cell are called."""
    return answered.scene.say(
        "{cohort}, {n} {periods} after the start",
        cohort=answered.named(cohort),
        n=answered.scene.language.number(period),
        periods=answered.periods,
    )


def page_of(desk: Desk) -> Markup:
    """What there is: tables with rows and latest day, whether truly as of, and what the check found."""
    say, report = desk.scene.say, desk.workspace.check()
    covered = desk.workspace.snapshot().coverage if report.ok else {}
    rows = pd.DataFrame(
        {
            "table": list(report.facts),
            "rows": [fact.rows for fact in report.facts.values()],
            "latest": [fact.latest for fact in report.facts.values()],
            "recorded": [say("yes") if fact.truly_as_of else say("no") for fact in report.facts.values()],
            "dropped": [sum(fact.dropped.values()) for fact in report.facts.values()],
            "covered": [covered.get(name) for name in report.facts],
        }
    )
    columns = [
        Column("table", say("Table")),
        Column("rows", say("Rows"), "count"),
        Column("latest", say("Latest"), "date"),
        Column("covered", say("Accounts in it"), "share0"),
        Column("recorded", say("Says when it was known")),
        Column("dropped", say("Dropped"), "count"),
    ]
    day = desk.scene.language.date(desk.as_of, "long")
    caption = say("{company} as of {day}", company=shown(desk.workspace.settings.company.name), day=day)
    problems = len(report.problems)
    said = (
        say("No problems.")
        if not problems
        else say("{n} problems: see check().", n=desk.scene.language.number(problems))
    )
    return headed(caption, table(rows, columns, desk.scene.language, caption)) + Markup("<p>{}</p>").format(said)


def accounts_of(scene: Scene, accounts: pd.DataFrame, caption: str, links: Mapping[str, str]) -> Markup:
    """The accounts of a cell, with links to their packs where there are some. accounts: see `Answer.accounts`."""
    say = scene.say
    states = {
        "kept": say("kept"),
        "lost": say("dropped out"),
        "not_over": say("not over yet"),
        "not_measured": say("not measured"),
    }
    rows = accounts.head(MOST_ACCOUNTS)
    segments = rows["segment"].map(scene.name, na_action="ignore")
    rows = rows.assign(state=rows["state"].map(states), segment=segments)
    columns = [
        Column("name", say("Account")),
        Column("segment", say("Segment"), "short"),
        Column("started_on", say("Started"), "date"),
        Column("state", say("State"), "short"),
        Column("mrr_start", say("Starting MRR"), "money"),
        Column("mrr_now", say("Current MRR"), "money"),
        *(Column(name, label, kind) for name, label, kind in _scored(scene) if name in rows),
    ]
    made = headed(caption, table(rows, columns, scene.language, caption))
    more = len(accounts) - len(rows)
    rest = (
        Markup("<p>{}</p>").format(say("{n} more are not listed.", n=scene.language.number(more))) if more > 0 else ""
    )
    return made + rest + _links(scene, rows, links)


def _scored(scene: Scene) -> list[tuple[str, str, str]]:
    say = scene.say
    return [
        ("health", say("Health"), "count"),
        ("money_at_risk", say("Money at risk"), "money"),
        ("reasons", say("Reasons"), "long"),
    ]


def _links(scene: Scene, rows: pd.DataFrame, links: Mapping[str, str]) -> Markup:
    named = [
        (links[account], name)
        for account, name in zip(rows["account_id"], rows["name"], strict=True)
        if account in links
    ]
    if not named:
        return Markup("")
    items = Markup(", ").join(
        Markup('<a style="{}" href="{}" target="_blank">{}</a>').format(LINK, file, shown(name)) for file, name in named
    )
    return Markup("<p>{}: {}</p>").format(scene.say("Packs"), items)


def verdict(answered: Answered, found: Comparison) -> Markup:
    """What a comparison says, with its interval, and how often somebody looked."""
    scene, named = answered.scene, answered.named
    first, second = named(found.first.cohort), named(found.second.cohort)
    values = {
        "first": first,
        "second": second,
        "a": answered.written(found.first.share),
        "b": answered.written(found.second.share),
    }
    numbers = scene.say(
        "{first} {a} (n = {n_a}), {second} {b} (n = {n_b}).",
        **values,
        n_a=scene.language.number(found.first.n),
        n_b=scene.language.number(found.second.n),
    )
    asked = scene.say("{measure} after {after}", measure=answered.measure, after=answered.after(found.period))
    words = _said(scene, found), numbers, _chance(answered, found)
    return Markup("<p><b>{}: {}</b> {}</p><p>{}</p>").format(asked, *words)


def _said(scene: Scene, found: Comparison) -> str:
    return {
        "too_few": scene.say("Too few accounts to compare."),
        "differs": scene.say("They differ, by more than chance explains even after all these looks."),
        "differs_once": scene.say(
            "One look alone would call this a difference; after all these looks it may be chance."
        ),
        "not_told_apart": scene.say("They cannot be told apart."),
    }[found.verdict]


def _p(language: Language, p: float) -> str:
    return f"= {language.number(p, 3)}" if p >= 0.0005 else f"< {language.number(0.001, 3)}"


def _chance(answered: Answered, found: Comparison) -> str:
    scene = answered.scene
    if found.verdict == "too_few":
        return scene.say("Each side needs at least 5 accounts that are old enough.")
    language, mean = scene.language, answered.question.is_mean
    write = language.change if mean else language.points
    looked = language.count("{n} comparison so far", "{n} comparisons so far", found.looks)
    return scene.say(
        "Difference {difference} (95% interval {low} to {high}); p {p}, after {looked} p {adjusted}.",
        difference=write(found.difference),
        low=write(found.low),
        high=write(found.high),
        p=_p(language, found.p),
        looked=looked,
        adjusted=_p(language, found.p_adjusted),
    )
