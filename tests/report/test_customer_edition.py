"""Nothing internal, and nothing of another customer, is in the customer edition of an account's pack.

The same company is made into packs twice: as it is, and with canaries in every column that the customer must not see.
The customer edition must be the same to the last byte: texts, numbers, days, pictures and what is hidden.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from planted import CANARY, END, OF_CUSTOMER, OF_PEERS, SECRET, SHARED, plant, small_company

from csworkbench import cli
from csworkbench.data.workspace import open_workspace
from csworkbench.metrics.account.frames import CUSTOMER, INTERNAL
from csworkbench.metrics.account.make import measure_accounts, paying_accounts
from csworkbench.metrics.account.measures import AccountMeasures, customer_view
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.quarter import measure_quarter
from csworkbench.report.slices import read_slices, write_slices
from csworkbench.schema import TABLES
from csworkbench.story.account.pack import EXHIBITS, open_customer_pack

pytestmark = pytest.mark.xdist_group("customer")

LANGUAGES = ("en", "ja")
QUARTER = Quarter.parse("2026Q3", 1)
_DATA = re.compile(r"data:[\w/+.-]+(?:;[\w=-]+)*;base64,([A-Za-z0-9+/=]+)")
# Words of probabilities, money, people and the team, which only the internal edition has.
INTERNAL_WORDS = (
    "MRR", "probab", "churn", "at risk", "odds", "champion", "sceptic", "opponent", "stance", "influence", "CSM",
    "white space", "proactive", "hours of", "解約", "確率", "リスク額", "立場", "影響力", "推進者", "懐疑", "社内",
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A company in two versions, and the account in question."""

    plain: Path
    planted: Path
    account: str


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("canaries")
    plain, account = small_company(folder / "plain")
    return Company(plain, plant(plain, folder / "planted", account), account)


def everything_in(page: str) -> str:
    """The page as it stands, unescaped, and all that is embedded in it, decoded."""
    found = [page, html.unescape(page)]
    for encoded in _DATA.findall(html.unescape(page)):
        found.append(everything_in(base64.b64decode(encoded).decode("utf-8")))
    return "\n".join(found)


def test_everything_embedded_is_looked_into() -> None:
    inner = base64.b64encode(f"<!-- {CANARY} -->".encode()).decode()
    outer = base64.b64encode(f'<img src="data:image/svg+xml;base64,{inner}">'.encode()).decode()
    assert CANARY not in outer
    assert CANARY in everything_in(f'<a href="data:text/html;charset=utf-8;base64,{outer}">')
    assert "<b>" in everything_in("&lt;b&gt;")


def test_every_column_that_may_not_be_shown_is_another_in_the_second_company(company: Company) -> None:
    seen = set()
    for path in sorted(company.plain.glob("*.csv*")):
        name = path.name.split(".")[0]
        plain, planted = (pd.read_csv(folder / path.name, dtype="str") for folder in (company.plain, company.planted))
        same = {column for column in plain if plain[column].equals(planted[column])}
        assert same <= set(OF_PEERS.get(name, "").split()), name
        own = planted["account_id"] == company.account if "account_id" in planted else pd.Series(False, planted.index)
        shown = OF_CUSTOMER.get(name, "").split()
        internal = [c.name for c in TABLES[name].columns if c.type == "text" and not c.choices and c.name not in shown]
        hidden = [column for column in internal if column not in OF_PEERS.get(name, "").split() and column != "value"]
        texts = planted.loc[own, hidden].stack().dropna().astype("str")
        assert texts.str.startswith(CANARY).all(), name
        seen.add(name)
    assert seen == set(TABLES) - {"events"}


def measured(folder: Path, *more: str) -> AccountMeasures:
    view = open_workspace(folder).as_of(END)
    measures = measure_quarter(view, QUARTER)
    chosen = [id for id in paying_accounts(measures) if not more or id in more]
    return measure_accounts(view, measures, chosen)


@pytest.fixture(scope="session")
def marts(company: Company, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What customers may see, of all paying accounts, of both versions."""
    place = tmp_path_factory.mktemp("marts")
    return {
        name: measured(folder).for_customers().save(place / name)
        for name, folder in (("plain", company.plain), ("planted", company.planted))
    }


def test_what_customers_may_see_holds_no_other_frame_column_table_or_setting(marts: dict[str, Path]) -> None:
    for folder in marts.values():
        files = {path.stem for path in folder.glob("*.parquet")}
        assert files == set(CUSTOMER.frames)
        assert not files & (set(INTERNAL.frames) - set(CUSTOMER.frames))
        for path in folder.glob("*.parquet"):
            assert list(pd.read_parquet(path).columns) == list(CUSTOMER.frames[path.stem])
        facts = json.loads((folder / "measures.json").read_text("utf-8"))
        assert facts["settings"]["tables"] == facts["settings"]["sources"] == {}
        assert facts["settings"]["packs"]["accounts"] is None
        assert CANARY not in json.dumps(facts)


def test_the_view_of_a_customer_is_the_same_whatever_is_internal_or_of_others(
    company: Company, marts: dict[str, Path]
) -> None:
    plain, planted = (customer_view(marts[name], company.account) for name in ("plain", "planted"))
    for name in CUSTOMER.frames:
        pd.testing.assert_frame_equal(plain.frame(name), planted.frame(name))
        assert set(planted.frame(name)["account_id"]) <= {company.account}
    assert len(plain.frame("profile")) == 1
    assert plain.frame("use")["n_peers"].max() >= 5


def test_a_customer_s_pack_is_made_again_for_its_own_rows_only(
    company: Company, marts: dict[str, Path], tmp_path: Path
) -> None:
    slices = []
    for folder in marts.values():
        frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in CUSTOMER.frames}
        copy = Path(shutil.copytree(folder, tmp_path / folder.name))
        write_slices(copy, frames, frames["profile"]["account_id"].to_list())
        slices.append(read_slices(copy, ""))
    plain, planted = slices
    assert plain[company.account] == planted[company.account]
    assert not {*plain.values()} & {key for id, key in planted.items() if id != company.account}


def test_every_exhibit_of_the_customer_edition_is_free_of_canaries_and_those_of_another_are_not(
    company: Company, marts: dict[str, Path]
) -> None:
    own = open_customer_pack(marts["planted"], "2026Q3", company.account)
    shown = "".join(own.exhibit(name).html for name in EXHIBITS)
    assert CANARY not in everything_in(shown)
    assert SHARED in shown
    other = next(id for id in pd.read_parquet(marts["planted"] / "profile.parquet")["account_id"] if CANARY in id)
    assert CANARY in open_customer_pack(marts["planted"], "2026Q3", other).cover()._repr_html_()


@pytest.fixture(scope="session")
def packs(company: Company, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Version → file → its bytes, of both editions, as a real run makes them."""
    place, kinds = tmp_path_factory.mktemp("packs"), "account-customer,account-internal"
    for name, folder in (("plain", company.plain), ("planted", company.planted)):
        chosen = ["--quarter", "2026Q3", "--packs", kinds, "--output", str(place / name)]
        assert cli.main(["qbr", str(folder), *chosen]) == 0
    return {name: {p.name: p.read_bytes() for p in (place / name).glob("account-*")} for name in ("plain", "planted")}


@pytest.mark.slow
@pytest.mark.xdist_group("kernels")
class TestRealRun:
    """The packs of a real run, with kernels, scores and publishing."""

    def customers(self, packs: dict[str, dict[str, bytes]], version: str) -> dict[str, bytes]:
        found = {name: page for name, page in packs[version].items() if "customer" in name}
        assert len(found) == len(LANGUAGES)
        return found

    def test_the_customer_edition_is_the_same_to_the_last_byte(self, packs: dict[str, dict[str, bytes]]) -> None:
        assert self.customers(packs, "plain") == self.customers(packs, "planted")

    def test_no_canary_and_no_internal_word_is_in_it_nor_in_its_name(self, packs: dict[str, dict[str, bytes]]) -> None:
        for name, page in self.customers(packs, "planted").items():
            text = everything_in(page.decode("utf-8"))
            assert CANARY not in name + text
            assert SECRET not in text
            words = [word for word in INTERNAL_WORDS if word.casefold() in text.casefold()]
            assert words == []

    def test_it_holds_what_it_should(self, packs: dict[str, dict[str, bytes]], company: Company) -> None:
        names = pd.read_csv(company.plain / "accounts.csv", dtype="str").set_index("account_id")["name"]
        page = self.customers(packs, "planted")[f"account-customer-{company.account}-2026Q3-en.html"].decode("utf-8")
        assert names[company.account] in html.unescape(page)
        assert SHARED in page
        assert re.search(r"Comparable customers: (\d+) other customers", page)
        assert {"Goals", "Joint plan"} <= set(re.findall(r"<h2[^>]*>([^<]+)</h2>", page))

    def test_the_internal_edition_holds_the_canaries(
        self, packs: dict[str, dict[str, bytes]], company: Company
    ) -> None:
        page = everything_in(packs["planted"][f"account-internal-{company.account}-2026Q3-en.html"].decode("utf-8"))
        assert f"{CANARY}-{SECRET}" in page
        assert len(set(re.findall(rf"{CANARY}-\w+", page))) > 3
        assert "Odds of leaving" in page or "Not shown" in page
