"""The packs of one account, as their notebooks show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ...errors import UnknownName
from ...metrics.account.measures import AccountMeasures, customer_view, internal_view
from ...models.quarter import QuarterScores, load_scores
from ..brand import branded
from ..catalogue import marked
from ..difference.told import load_told
from ..exhibit import Exhibit
from ..fragment import Fragment, section, title
from ..own import Own
from ..pack import LEAD, SCORES
from ..sample import sample_measures, sample_view
from ..scene import Scene, scene_of
from . import (
    about,
    areas,
    changes,
    goals,
    growth,
    joint_plan,
    journey,
    money,
    open_points,
    people,
    score,
    since,
    support,
    tiles,
    use,
    voice,
)
from .listing import account_name

EXHIBITS: Mapping[str, Callable[[Scene], Exhibit]] = {
    "tiles": tiles.customer_tiles,
    "goals": goals.goals,
    "adoption": use.adoption,
    "use": use.parts_of_use,
    "steps": journey.steps,
    "support": support.support,
    "open_points": open_points.open_points,
    "joint_plan": joint_plan.joint_plan,
    "since": since.since,
    "about": about.about,
}

INTERNAL_EXHIBITS: Mapping[str, Callable[[Scene], Exhibit]] = {
    **EXHIBITS,
    "tiles": tiles.internal_tiles,
    "score": score.score,
    "reasons": score.reasons,
    "moves": money.moves,
    "pmbok": areas.pmbok,
    "register": areas.register,
    "power_map": people.power_map,
    "whitespace": growth.whitespace,
    "say_do": voice.say_do,
    "changes": changes.since_last_pack,
}

HEADINGS: Mapping[str, str] = {
    "glance": marked("At a glance"),
    "goals": marked("Goals"),
    "use": marked("Use"),
    "journey": marked("Success journey"),
    "support": marked("Support"),
    "open": marked("Open points"),
    "plan": marked("Joint plan"),
    "about": marked("About these numbers"),
    "risk": marked("Risk of leaving"),
    "money": marked("Money"),
    "pmbok": marked("The project in nine areas"),
    "people": marked("People"),
    "whitespace": marked("White space"),
    "voice": marked("Words and deeds"),
    "since": marked("What changed since last quarter"),
    "changes": marked("What changed since the last pack"),
}


@dataclass(frozen=True)
class AccountPack(Own):
    """One pack of one account; each method gives what one cell of its notebook shows."""

    scene: Scene
    exhibits: Mapping[str, Callable[[Scene], Exhibit]]
    lead: str

    def cover(self) -> Fragment:
        """The title, the quarter, and the tiles."""
        said = self.scene.say("{who}: business review", who=account_name(self.scene))
        return Fragment(title(self.scene, said, self.lead) + self.section("glance", "tiles").html)

    def section(self, id: str, *exhibits: str) -> Fragment:
        """A heading and its exhibits, by their ids; UnknownName with the near one otherwise."""
        return section(self.scene, HEADINGS, id, map(self.exhibit, exhibits))

    def exhibit(self, id: str) -> Exhibit:
        """One exhibit; UnknownName with the near one otherwise."""
        if id not in self.exhibits:
            raise UnknownName("exhibit", id, tuple(self.exhibits))
        return branded(self.exhibits[id](self.scene), self.scene)


def open_customer_pack(
    customers: str | Path = "", quarter: str = "", account: str = "", lang: str = "en"
) -> AccountPack:
    """The edition that a customer may read.

    customers: folder of what customers may see, of which only the rows of `account` are read; empty for the sample
    company, measured here and now. quarter: must be that of the measures. Raises CsworkbenchError for an account that
    is not there.
    """
    view = customer_view(customers, account) if customers else _sample(quarter).for_customers().of(account)
    return AccountPack(_scene(view, quarter, lang), EXHIBITS, LEAD)


def open_internal_pack(
    accounts: str | Path = "",
    quarter: str = "",
    account: str = "",
    lang: str = "en",
    previous: str | Path | None = None,
) -> AccountPack:
    """The edition that stays inside: all of the customer's, and what is known and expected beside it.

    accounts: folder of the measures of accounts, with the scores in its folder `scores`; empty for the sample company,
    without scores. previous: folder of the last quarter's measures, to be compared.
    """
    view = internal_view(accounts, account) if accounts else _sample(quarter).of(account)
    lead = marked("{quarter} ({months}) · internal edition: not for the customer")
    scene = _scene(view, quarter, lang, _scores(accounts, account))
    return AccountPack(replace(scene, before=load_told(previous) if previous else None), INTERNAL_EXHIBITS, lead)


def _scene(view: AccountMeasures, quarter: str, lang: str, scores: QuarterScores | None = None) -> Scene:
    if quarter and view.quarter.label != quarter:
        raise UnknownName("quarter in these measures", quarter, (view.quarter.label,))
    return scene_of(view, lang, None, scores)


def _scores(accounts: str | Path, account: str) -> QuarterScores | None:
    folder = Path(accounts) / SCORES
    if not accounts or not folder.is_dir():
        return None
    found = load_scores(folder)
    own = {name: frame[frame["account_id"] == account].reset_index(drop=True) for name, frame in found.frames.items()}
    return QuarterScores(found.as_of, own, found.absent)


@cache
def _sample(quarter: str) -> AccountMeasures:
    from ...metrics.account.make import measure_accounts, paying_accounts

    measures = sample_measures(quarter)
    return measure_accounts(sample_view(quarter), measures, paying_accounts(measures))
