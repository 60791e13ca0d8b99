"""The documents say what the code does: every key, function, table and column; every example and link works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from places import ROOT
from pydantic import BaseModel

import csworkbench
from csworkbench.data import settings
from csworkbench.data.expression.functions import FUNCTIONS
from csworkbench.data.settings.section import Section
from csworkbench.data.types.notation import DATE_NAMES
from csworkbench.data.types.numbers import NOTATIONS
from csworkbench.schema import TABLES
from csworkbench.schema.__main__ import described, markdown

WORKSPACE = ROOT / "docs" / "workspace.md"
WORKSPACE_JA = ROOT / "docs" / "workspace.ja.md"
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEAD = '[company]\nname = "x"\n'


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def code(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))


def models() -> list[type[BaseModel]]:
    return [found for found in Section.__subclasses__() if found.__module__.startswith(settings.__name__)]


def keys() -> set[str]:
    fields = [(field, key) for model in models() for key, field in model.model_fields.items()]
    return {field.alias or key for field, key in fields}


def anchors(text: str) -> list[str]:
    """What each heading is called in a link, as the renderers of Markdown count them."""
    found: list[str] = []
    for heading in re.findall(r"^#+ (.*)$", BLOCK.sub("", text), re.M):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        n = sum(re.fullmatch(rf"{re.escape(slug)}(-\d+)?", other) is not None for other in found)
        found.append(f"{slug}-{n}" if n else slug)
    return found


@pytest.mark.parametrize("page", [WORKSPACE, WORKSPACE_JA], ids=name)
def test_every_key_of_the_settings_is_explained(page):
    text = page.read_text(encoding="utf-8")
    said = {part.partition(" = ")[0] for part in code(text)}
    said |= {key for block in blocks(page, "toml") for key in re.findall(r"\b(\w+) = ", block)}
    sections = set(re.findall(r"^## \[+(\w+)", text, re.M))
    assert keys() - said - sections == set()
    assert {key for key in keys() if key.startswith("on_")} <= set(re.findall(r"^\| `(on_\w+)` \|", text, re.M))


@pytest.mark.parametrize("page", [WORKSPACE, WORKSPACE_JA], ids=name)
def test_every_key_in_a_table_of_keys_exists(page):
    rows = re.findall(r"^\| `(\w+)` \|", BLOCK.sub("", page.read_text(encoding="utf-8")), re.M)
    kpis = {"mrr_close"}
    assert rows and set(rows) <= keys() | kpis | {*DATE_NAMES} | {*NOTATIONS}


@pytest.mark.parametrize("page", [WORKSPACE, WORKSPACE_JA], ids=name)
def test_the_functions_and_notations_that_are_explained_are_those_that_exist(page):
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)\(|[、,] `(\w+)\(", text, re.M)) and functions_of(text) == {"col", *FUNCTIONS}
    assert {*NOTATIONS, *DATE_NAMES} <= set(code(text))


def functions_of(text: str) -> set[str]:
    rows = re.findall(r"^\| (`\w+\(.*?) \|", text, re.M)
    return {function for row in rows for function in re.findall(r"`(\w+)\(", row)}


def test_the_canonical_tables_are_printed_as_the_schema_has_them():
    printed = "\n".join(map(markdown, TABLES.values()))
    assert WORKSPACE.read_text(encoding="utf-8").endswith(printed)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_japanese_page_has_the_same_columns(table):
    columns = " · ".join(map(described, table.columns))
    assert f"\n{columns}\n" in WORKSPACE_JA.read_text(encoding="utf-8").split(f"\n### {table.name}\n")[1]


def test_both_languages_have_the_same_headings_and_keys():
    pages = [page.read_text(encoding="utf-8") for page in (WORKSPACE, WORKSPACE_JA)]
    english, japanese = [re.findall(r"^#+ .*$", BLOCK.sub("", text), re.M) for text in pages]
    assert english == japanese
    english, japanese = [re.findall(r"^\| `([^`]+)`", text, re.M) for text in pages]
    assert english == japanese


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_toml_example_is_read(page):
    for text in blocks(page, "toml"):
        head = "" if "[company]" in text else HEAD
        settings.parse_settings(head + text)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    for link in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_the_python_of_the_readme_runs_as_written(readme, monkeypatch, sample):
    monkeypatch.chdir(sample.parent.parent)
    (text,) = blocks(ROOT / readme, "python")
    names: dict[str, object] = {}
    exec(text, names)
    movements = eval("cs.metrics.revenue.movements(view, '2026-06-30', '2026-09-30')", names)
    gains = movements["new"] + movements["expansion"] + movements["reactivation"]
    losses = movements["contraction"] + movements["churn"]
    assert len(movements) > 100
    assert ((movements["mrr_open"] + gains - losses - movements["mrr_close"]).abs() < 0.01).all()


def test_the_front_door_has_ten_names_or_fewer_and_all_of_them_open():
    assert len(csworkbench.__all__) <= 10
    assert all(getattr(csworkbench, name) is not None for name in csworkbench.__all__)
    assert all(getattr(csworkbench.metrics, name) is not None for name in csworkbench.metrics.__all__)


def test_days_may_be_dates_or_text_and_a_wrong_one_is_named(sample):
    from datetime import date

    view = csworkbench.open_workspace(sample).as_of(date(2026, 9, 30))
    revenue = csworkbench.metrics.revenue
    written = revenue.nnmrr(view, "2026-06-30", "2026-09-30")
    assert written.equals(revenue.nnmrr(view, date(2026, 6, 30), date(2026, 9, 30)))
    with pytest.raises(csworkbench.CsworkbenchError, match='"2026-06-31" is not a day'):
        revenue.movements(view, "2026-06-31", "2026-09-30")
