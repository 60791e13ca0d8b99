"""Every text that comes from data is inert in every exhibit, and what is honest in it can be read."""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import replace
from html import unescape
from io import StringIO
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from small_quarter import small_measures

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibit import Exhibit
from csworkbench.story.pack import EXHIBITS, Pack
from csworkbench.story.scene import scene_of

sys.path.append(str(Path(__file__).parents[1] / "report"))
from hostile import FORBIDDEN_TAGS, HONEST, HOSTILE, inspected, text_of

CHARTS = ("mrr_bridge", "retention_trend", "logo_cohorts", "revenue_cohorts", "adoption_bands", "journey_funnel")
TABLES = tuple(name for name in EXHIBITS if name not in CHARTS)
CLEAN = small_measures()
FORMULA = re.compile(r"[ \xa0\u3000]*[=+@＝\t\r]")


def poisoned(text: str) -> QuarterMeasures:
    """The small company with that text as the name of an account, a segment, a CSM, a milestone and itself."""
    clean = CLEAN
    frames = {}
    for name, frame in clean.frames.items():
        changed = frame.copy()
        for column, was in (("name", "Dahlia"), ("segment", "mid"), ("csm", "Aoi K."), ("owner", "mid")):
            if column in changed:
                changed[column] = changed[column].where(changed[column] != was, text)
        frames[name] = changed
    journey = tuple(s.model_copy(update={"name": {"en": text, "ja": text}}) for s in clean.settings.journey)
    company = clean.settings.company.model_copy(update={"name": text})
    settings = clean.settings.model_copy(update={"journey": journey, "company": company})
    return replace(clean, frames=frames, settings=settings)


def faults(html: str) -> list[str]:
    hidden = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", html)
    return inspected(html).faults + hidden


def csv_cells(exhibit: Exhibit) -> list[str]:
    (encoded,) = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', str(exhibit.html)) or [""]
    rows = csv.reader(StringIO(unquote(unescape(encoded)).removeprefix("\ufeff"), newline=""))
    return [cell for row in rows for cell in row]


# Texts of every family soon, the rest with the slow tests.
IN_TURN = [pytest.param(name, marks=() if at % 3 == 0 else pytest.mark.slow) for at, name in enumerate(HOSTILE)]


@pytest.mark.parametrize("name", IN_TURN)
def test_a_hostile_text_is_inert_and_readable_in_tiles_tables_and_the_cover(name: str) -> None:
    text = text_of(name)
    scene = scene_of(poisoned(text), "en", text)
    pages = {id: str(EXHIBITS[id](scene).html) for id in TABLES}
    pages["cover"] = str(Pack(scene).cover().html)
    assert {id: faults(page) for id, page in pages.items() if faults(page)} == {}
    for id in ("tiles", "segments", "time_to_value", "attention", "renewals_due", "cover"):
        assert HONEST in "".join(inspected(pages[id]).text), id


@pytest.mark.parametrize(
    "name", ["script", "attribute break-out", "cdata", "controls", "right to left", "mathjax", "long"]
)
def test_a_hostile_text_is_inert_in_charts(name: str) -> None:
    text = text_of(name)
    scene = scene_of(poisoned(text), "ja", text)
    for id in CHARTS:
        exhibit = EXHIBITS[id](scene)
        assert faults(str(exhibit.html)) == []
        assert HONEST in "".join(inspected(str(exhibit.html)).text), id
        if exhibit.figure_svg:
            assert svg_faults(exhibit.figure_svg) == []


def svg_faults(svg: str) -> list[str]:
    """Elements and attributes that could run or fetch something; the parser raises where it is not well-formed."""
    found = []
    for element in ElementTree.fromstring(svg).iter():
        tag = str(element.tag).rpartition("}")[2].lower()
        found += [tag] if tag in FORBIDDEN_TAGS else []
        for key, value in element.attrib.items():
            local = key.rpartition("}")[2]
            fetches = local in ("href", "src") and not value.startswith("#")
            found += [f"{tag} {key}"] if local.startswith("on") or fetches else []
    return found


STARTS = ("=1+1", "+1", "@SUM(A1)", "-2+3", "\t=1", " =1", "＝1", '=HYPERLINK("http://127.0.0.1:9/","x")')


@pytest.mark.parametrize("text", STARTS)
def test_no_cell_of_a_csv_starts_like_a_formula(text: str) -> None:
    scene = scene_of(poisoned(text))
    cells = {id: csv_cells(EXHIBITS[id](scene)) for id in TABLES}
    assert any(cell == f"'{text}" for cell in cells["attention"])
    for id, found in cells.items():
        for cell in found:
            assert not FORMULA.match(cell), (id, cell)
            assert not cell.startswith("-") or float(cell) <= 0, (id, cell)


def test_a_hostile_product_or_table_name_stays_a_text() -> None:
    measures = small_measures()
    fresh = measures.frame("freshness").assign(table=text_of("script"), tolerated=f"{text_of('onerror')} 3")
    known = replace(measures, frames={**measures.frames, "freshness": fresh})
    page = str(EXHIBITS["freshness"](scene_of(known)).html)
    assert faults(page) == []
    assert "<script>document.title" in "".join(inspected(page).text)


def test_the_inspection_would_find_what_is_not_escaped() -> None:
    texts = [text_of(name) for name in ("script", "onerror", "outside image", "javascript link", "iframe")]
    assert all(faults(text) for text in texts)
    assert svg_faults("<svg xmlns='http://www.w3.org/2000/svg'><a href='http://x/'/><g onload='x'/></svg>") == [
        "a href",
        "g onload",
    ]
