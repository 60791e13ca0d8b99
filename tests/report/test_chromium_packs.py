"""Every kind of pack in both languages, judged in a real browser as its readers open it."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from drawn_packs import LANGUAGES, drawn_packs
from judge import MODES, judging, looked_at, overflow, turn, unwritable, violations
from places import absent
from playwright.sync_api import Browser, Page

from csworkbench.report.templates import pack_templates
from csworkbench.story.charts.lettering import UNKNOWN, _latin_font, _outline

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("quarter")]
KINDS = sorted(pack_templates())
PAGES = list(itertools.product(KINDS, LANGUAGES))
PAPERS = ("A4", pytest.param("Letter", marks=pytest.mark.slow))
# Each kind in one language and mode, in turn: the colours of a page take axe five seconds.
IN_TURN = [(kind, LANGUAGES[at % 2], list(MODES)[at % len(MODES)]) for at, kind in enumerate(KINDS)]


@pytest.fixture(scope="session")
def folder(quarter_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of pack in both languages as KIND-LANG.html."""
    place = tmp_path_factory.mktemp("drawn")
    for pack in drawn_packs(quarter_folder):
        (place / f"{pack.kind}-{pack.lang}.html").write_text(pack.html, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with judging(chromium) as opened:
        yield opened


@pytest.mark.parametrize(("kind", "lang"), PAGES)
def test_a_pack_asks_for_nothing_fits_its_window_and_misses_no_sign(
    browser: Browser, folder: Path, kind: str, lang: str
) -> None:
    """In every mode; those of one width are the same page, turned."""
    for widest in ("laptop", "phone"):
        with looked_at(browser, folder / f"{kind}-{lang}.html", MODES[widest]) as (page, asked):
            for name, mode in MODES.items():
                if mode.width == MODES[widest].width:
                    turn(page, mode)
                    assert overflow(page) <= 0, name
                    assert unwritable(page) == [], name
            assert asked == []


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("kind", "lang"), PAGES)
def test_axe_finds_nothing_in_any_mode(browser: Browser, folder: Path, kind: str, lang: str, mode: str) -> None:
    with looked_at(browser, folder / f"{kind}-{lang}.html", MODES[mode]) as (page, _):
        assert violations(page) == []


@pytest.mark.parametrize(("kind", "lang", "mode"), IN_TURN)
def test_axe_finds_nothing(browser: Browser, folder: Path, kind: str, lang: str, mode: str) -> None:
    """One mode of each kind; the slow test takes them all."""
    with looked_at(browser, folder / f"{kind}-{lang}.html", MODES[mode]) as (page, _):
        assert violations(page) == []


@pytest.mark.parametrize(("kind", "lang"), PAGES)
def test_every_picture_is_described_and_every_table_captioned_with_scoped_headers(
    folder: Path, kind: str, lang: str
) -> None:
    html = (folder / f"{kind}-{lang}.html").read_text("utf-8")
    pictures = re.findall(r'<img class="cs-figure" [^>]*>', html)
    assert all(re.search(r' alt="[^"]{10,}"', picture) for picture in pictures)
    assert [p for p in re.findall(r"<img [^>]*>", html) if 'alt="' not in p] == []
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    assert tables
    for table in tables:
        assert re.search(r"<caption>[^<]+</caption>", table)
        assert not re.search(r"<th(?! scope=\"(?:col|row)\")[ >]", table)


@pytest.mark.parametrize(("kind", "lang"), PAGES)
def test_no_picture_writes_the_box_of_a_missing_letter(folder: Path, kind: str, lang: str) -> None:
    html = (folder / f"{kind}-{lang}.html").read_text("utf-8")
    box = _outline(_latin_font("normal"), UNKNOWN)[0].replace(" ", "")
    assert html.count("%3Cpath") > 0
    assert box not in html.replace(" ", "")


@pytest.mark.parametrize(
    ("kind", "lang"),
    [pytest.param(kind, lang, marks=() if lang == LANGUAGES[0] else pytest.mark.slow) for kind, lang in PAGES],
)
def test_with_scripts_off_the_page_is_the_same(browser: Browser, folder: Path, kind: str, lang: str) -> None:
    path = folder / f"{kind}-{lang}.html"
    heights = []
    for scripts in (True, False):
        with looked_at(browser, path, MODES["phone"], scripts) as (page, _):
            heights.append((page.locator("body").bounding_box(), page.locator("h2").all_inner_texts()))
    assert heights[0] == heights[1]
    html = path.read_text("utf-8")
    assert not re.search(r"<script|\son\w+=|javascript:", html)
    assert "default-src &#39;none&#39;" in html
    assert "script-src" not in html


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("kind", KINDS)
def test_on_paper_no_picture_tile_or_row_is_cut_and_pages_are_numbered(
    browser: Browser, folder: Path, tmp_path: Path, kind: str, paper: str
) -> None:
    with looked_at(browser, folder / f"{kind}-ja.html", MODES["print"]) as (page, _):
        pages = _printed(page, tmp_path, paper)
        company = page.locator(".cs-company").inner_text()
    assert _cut(pages) == []
    assert all(re.search(rf"{at} ?/ ?{len(pages)}\b", text) for at, text in enumerate(pages, 1))
    assert all(company in text for text in pages)


def test_the_judges_do_find_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!DOCTYPE html><title>x</title><img src='http://127.0.0.1:9/x.png'><p style='color:#999'>grey \ue123</p>"
        "<p style='color:#666'>dark grey</p>"
        "<div style='width:3000px'>wide</div>",
        encoding="utf-8",
    )
    with looked_at(browser, bad, MODES["laptop"]) as (page, asked):
        assert asked == ["http://127.0.0.1:9/x.png"]
        assert overflow(page) > 1000
        assert unwritable(page) == ["\ue123"]
        found = {line.partition(":")[0] for line in violations(page)}
        assert {"image-alt", "html-has-lang", "landmark-one-main", "color-contrast", "color-contrast-enhanced"} <= found


def test_the_judge_of_paper_finds_what_is_cut(browser: Browser, folder: Path, tmp_path: Path) -> None:
    with looked_at(browser, folder / "segment-ja.html", MODES["print"]) as (page, _):
        page.add_style_tag(content="tbody tr > * { height: 60mm } tbody, tr, tr > * { break-inside: auto !important }")
        assert _cut(_printed(page, tmp_path, "A4"))


_BROKEN_FIGURES = """() => {
  const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), broken = [];
  while (walk.nextNode()) {
    const figures = /[+−]?[¥$€]\\d[\\d.,]*[KMB]?|[+−]?\\d[\\d.,]*[万億]?円|\\d+か月/g;
    for (const found of walk.currentNode.data.matchAll(figures)) {
      const range = document.createRange();
      range.setStart(walk.currentNode, found.index);
      range.setEnd(walk.currentNode, found.index + found[0].length);
      if (new Set([...range.getClientRects()].map(({top}) => Math.round(top))).size > 1) broken.push(found[0]);
    }
  }
  return broken;
}"""
_TABLES = (
    "[...document.querySelectorAll('details')].map((one) => one.open = true), document.querySelectorAll('.cs-scroll')"
)
_TOO_WIDE = f"""() => [...({_TABLES})].filter((box) => box.scrollWidth > box.clientWidth + 1)
  .map((box) => box.getAttribute('aria-label'))"""
_NAMES_GONE = f"""() => [...({_TABLES})].filter((box) => {{
  box.scrollLeft = box.scrollWidth;
  const name = box.querySelector('tbody th').getBoundingClientRect();
  return box.scrollLeft && Math.abs(name.left - box.getBoundingClientRect().left) > 1;
}}).map((box) => box.getAttribute('aria-label'))"""


@pytest.mark.parametrize(("kind", "lang"), PAGES)
def test_no_line_breaks_a_figure_and_a_table_fits_a_laptop_or_keeps_its_names_in_view_on_a_phone(
    browser: Browser, folder: Path, kind: str, lang: str
) -> None:
    for width in ("laptop", "phone"):
        with looked_at(browser, folder / f"{kind}-{lang}.html", MODES[width]) as (page, _):
            assert page.evaluate(_BROKEN_FIGURES) == []
            assert page.evaluate(_TOO_WIDE if width == "laptop" else _NAMES_GONE) == []


_MARKED = ".cs-chart, .cs-tile, tbody tr > :first-child"
_MARK = """(kinds) => {
  const mark = (element, at, edge) => {
    const sign = document.createElement('span');
    sign.textContent = ` cut${at}${edge} `;
    sign.style.cssText = `position:absolute;${edge}:0;inset-inline-end:0;font-size:1pt;white-space:nowrap`;
    element.style.position = 'relative';
    element.append(sign);
  };
  const whole = [...document.querySelectorAll(kinds)];
  whole.forEach((element, at) => { mark(element, at, 'top'); mark(element, at, 'bottom'); });
  document.querySelectorAll('.cs-listing').forEach((listing, at) => {
    const title = listing.querySelector('.cs-title'), row = listing.querySelector('tbody tr > :first-child');
    if (row) { mark(title, whole.length + at, 'top'); mark(row, whole.length + at, 'bottom'); }
  });
}"""


def _printed(page: Page, folder: Path, paper: str) -> list[str]:
    """The text of each printed page, with a mark at the upper and lower edge of all that must stay whole.

    A title and the first row of its table stay on one page too.
    """
    if shutil.which("pdftotext") is None:
        absent("pdftotext (poppler)")
    page.evaluate(_MARK, _MARKED)
    page.pdf(path=folder / "page.pdf", format=paper)
    command = ["pdftotext", "-layout", "page.pdf", "-"]
    text = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return text.split("\f")[:-1]


def _cut(pages: list[str]) -> list[str]:
    """The marked things whose edges are on two pages."""
    places: dict[str, set[int]] = defaultdict(set)
    for at, text in enumerate(pages):
        for mark in re.findall(r"cut(\d+)(?:top|bottom)", text):
            places[mark].add(at)
    assert len(places) > 10
    return [mark for mark, found in places.items() if len(found) > 1]
