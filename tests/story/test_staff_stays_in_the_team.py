"""Personal data of staff is in the team's pack only: canaries in every table about staff, every other template run.

What may appear elsewhere is the name of the person who owns an account, in a column of owners.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from databases import snapshot_of
from places import ROOT

from csworkbench.data.snapshot import View
from csworkbench.data.workspace import Workspace
from csworkbench.metrics.account.make import measure_accounts
from csworkbench.metrics.business.measures import FOLDER as BUSINESS
from csworkbench.metrics.business.quarter import measure_business
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.quarter import measure_quarter
from csworkbench.metrics.team.quarter import measure_team
from csworkbench.report.templates import read_template
from csworkbench.story.catalogue import translations

pytestmark = pytest.mark.xdist_group("sample")

PACKS = sorted((ROOT / "notebooks" / "packs").glob("*.ipynb"))
OTHERS = [path for path in PACKS if path.stem != "team"]
Q3 = Quarter.parse("2026Q3")
NAME, RATED, ASKED, TRAINED, BACKGROUND = "Kanariyame", "Kanarihyoka", "Kanarimensetsu", "Kanarikenshu", "Kanarikeireki"
PRIVATE = (RATED, ASKED, TRAINED, BACKGROUND)
OWNERS = {translations(lang).gettext(word) for lang in ("en", "ja") for word in ("Owner", "Who")}


def planted(opened: Workspace) -> View:
    """The sample with a canary in every text that is about staff."""
    view = opened.as_of(Q3.closing)
    tables = {name: view.table(name) for name in view.tables}
    csms = tables["csms"]
    tables["csms"] = csms.assign(name=[f"{NAME}{at}" for at in range(len(csms))], background=BACKGROUND)
    ratings = tables["competencies"]
    tables["competencies"] = ratings.assign(competency=RATED + ratings["competency"], rater=RATED)
    for column in ("candidate_id", "question", "competency", "rater"):
        tables["interviews"] = tables["interviews"].assign(**{column: ASKED + tables["interviews"][column]})
    trainings = tables["trainings"]
    tables["trainings"] = trainings.assign(training=TRAINED + trainings["training"], stuck_at=TRAINED)
    return snapshot_of(tables, view.settings).as_of(Q3.closing)


@dataclass(frozen=True)
class Marts:
    """Folders by the name of the parameter that takes them; account: one of theirs."""

    folders: dict[str, str]
    account: str
    pages: dict[tuple[str, str], str] = field(default_factory=dict)

    def page(self, kind: str, lang: str) -> str:
        """Everything that the cells of that kind's template show; made once."""
        if (kind, lang) not in self.pages:
            self.pages[kind, lang] = page(ROOT / "notebooks" / "packs" / f"{kind}.ipynb", self, lang)
        return self.pages[kind, lang]


@pytest.fixture(scope="module")
def marts(opened: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Marts:
    view, home = planted(opened), tmp_path_factory.mktemp("marts")
    measures = measure_quarter(view, Q3)
    measures.save(home / "measures")
    measure_business(view, measures).save(home / "measures" / BUSINESS)
    measure_team(view, measures).save(home / "team")
    account = str(measures.frame("attention")["account_id"].iloc[0])
    of_accounts = measure_accounts(view, measures, [account])
    of_accounts.save(home / "accounts")
    of_accounts.for_customers().save(home / "customers")
    names = ("measures", "team", "accounts", "customers")
    return Marts({name: str(home / name) for name in names}, account)


def page(path: Path, marts: Marts, lang: str) -> str:
    """Everything that the cells of a template show."""
    declared = read_template(path).parameters
    values: dict[str, Any] = {**marts.folders, "lang": lang, "quarter": "2026Q3", "account": marts.account}
    cells = ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]
    known = {name: value for name, value in values.items() if name in declared}
    names: dict[str, Any] = {}
    exec(cells[0], names)
    names |= known
    exec(cells[1], names)
    return "".join(str(eval(cell, names)._repr_html_()) for cell in cells[2:])


class _Cells(HTMLParser):
    """Text of a page without cells that stand under a heading of owners."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.heads: list[str] = []
        self.at, self.kept, self.in_head, self.in_cell = -1, [], False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kept += [value or "" for _, value in attrs]
        if tag == "table":
            self.heads = []
        if tag == "thead":
            self.in_head = True
        if tag == "tr":
            self.at = -1
        if tag in ("td", "th"):
            self.at, self.in_cell = self.at + 1, True
            self.heads += [""] if self.in_head else []

    def handle_endtag(self, tag: str) -> None:
        self.in_head = self.in_head and tag != "thead"
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.in_head and self.in_cell:
            self.heads[-1] += data
        under = self.heads[self.at] if self.in_cell and not self.in_head and self.at < len(self.heads) else ""
        if under not in OWNERS:
            self.kept.append(data)


def csvs(html: str) -> Iterator[pd.DataFrame]:
    """The tables that the page offers for download."""
    from io import BytesIO

    for encoded in re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]*)"', html):
        yield pd.read_csv(BytesIO(base64.b64decode(unescape(encoded))), dtype=str)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_no_other_pack_holds_ratings_interviews_trainings_or_careers(path: Path, lang: str, marts: Marts) -> None:
    html = marts.page(path.stem, lang)
    told = html + "".join(frame.to_csv() for frame in csvs(html))
    assert len(html) > 20_000
    assert [canary for canary in PRIVATE if canary in told] == []


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("kind", ["executive", "segment"])
def test_a_csm_is_named_there_only_as_the_owner_of_an_account(kind: str, lang: str, marts: Marts) -> None:
    html = marts.page(kind, lang)
    assert NAME in html
    reader = _Cells()
    reader.feed(re.sub(r'href="data:[^"]*"', "", html))
    assert [text for text in reader.kept if NAME in text] == []
    for frame in csvs(html):
        named = {column for column in frame if frame[column].astype(str).str.contains(NAME).any()}
        assert named <= OWNERS


def test_the_canaries_do_sing_in_the_teams_own_pack(marts: Marts) -> None:
    html = marts.page("team", "en")
    assert all(canary in html for canary in (NAME, RATED, ASKED, TRAINED))


def test_only_the_teams_template_takes_the_teams_measures() -> None:
    takers = {path.stem for path in PACKS if "team" in read_template(path).parameters}
    assert takers == {"team"}


def test_no_shared_mart_holds_hours_or_ratings_of_a_person(marts: Marts) -> None:
    for name in ("measures", "customers"):
        for file in Path(marts.folders[name]).rglob("*.parquet"):
            columns = set(pd.read_parquet(file).columns)
            assert not (columns & {"csm_id", "csm", "owner"} and columns & {"hours", "rating", "fte"}), file


def test_the_reader_of_this_test_finds_a_name_outside_of_the_owners() -> None:
    head = '<table><thead><tr><th scope="col">Account</th><th scope="col">Owner</th></tr></thead>'
    reader = _Cells()
    reader.feed(f'{head}<tr><th scope="row">A</th><td>{NAME}1</td></tr></table>')
    assert NAME not in "".join(reader.kept)
    for leak in (f"<p>{NAME}1</p>", f'<img alt="{NAME}1">', f'{head}<tr><th scope="row">{NAME}1</th><td>x</td></tr>'):
        reader = _Cells()
        reader.feed(leak)
        assert NAME in "".join(reader.kept)
