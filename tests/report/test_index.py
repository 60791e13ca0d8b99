"""The index of a run: every pack with its status, what moved, what failed and why, and a search that asks nobody."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from judge import MODES, judging, looked_at, overflow, violations
from playwright.sync_api import Browser
from small_quarter import small_measures

from csworkbench.report.headlines import COMPANY, headline, headlines_of
from csworkbench.report.index import About, render_index, search_script
from csworkbench.report.ledger import PackStatus
from csworkbench.story.language import Language

ENGLISH = Language("en", "USD")


def status(kind: str, unit: str | None, lang: str = "en", outcome: str = "succeeded", reason: str = "") -> PackStatus:
    name = f"{kind}-{unit}-{lang}"
    file = None if reason == "never" else f"{name}.html"
    at = "2026-11-22T09:00:00+00:00"
    return PackStatus(name, kind, unit, "2026Q3", lang, outcome, reason, at, file=file, published_at=at)


def about(lang: str = "en", **more: object) -> About:
    return About("Acme", lang, "0.1.0", "2026Q3", "USD", **more)  # type: ignore[arg-type]


def written(folder: Path, *statuses: PackStatus, **more: object) -> str:
    for each in statuses:
        if each.file:
            (folder / each.file).write_text("x")
    return render_index(statuses, folder, about(**more))  # type: ignore[arg-type]


def rows(page: str) -> list[list[str]]:
    """The cells of every row below a heading, as read."""
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)]
    plain = [[" ".join(re.sub("<[^>]*>", "", cell).split()) for cell in row] for row in found]
    return [row for row in plain if row and row[0] != "Unit"]


def test_a_unit_is_one_row_with_its_languages_and_what_moved(tmp_path: Path) -> None:
    headlines = {
        COMPANY: {COMPANY: {"mrr": 1100.0, "mrr_before": 1000.0, "nrr": 1.03, "nrr_before": 1.05, "grr": 0.9}},
        "segment": {"smb": {"mrr": 90.0, "mrr_before": 100.0, "nrr": 0.9, "nrr_before": 0.8, "grr": None}},
        "account": {"A1": {"mrr": 50.0, "mrr_before": 0.0}},
    }
    page = written(
        tmp_path,
        *(status("account-internal", "A1", lang) for lang in ("en", "ja")),
        *(status("segment", "smb", lang) for lang in ("en", "ja")),
        status("executive", None),
        headlines=headlines,
        names={"smb": {"en": "Small"}, "A1": {"en": "Aoi"}},
    )
    both = "English ✓ ready 日本語 ✓ ready"
    assert rows(page) == [
        ["Acme", "English ✓ ready", "$1.1K", "+10.0%", "103.0% (−2.0 pt)", "90.0%"],
        ["Aoi", both, "$50", "–"],
        ["Small", both, "$90", "−10.0%", "90.0% (+10.0 pt)", "–"],
    ]
    assert re.findall(r"<h2[^>]*>([^<]*)", page) == [
        "Executive · Q3 2026",
        "Account, internal · Q3 2026",
        "Segment · Q3 2026",
    ]


def test_the_headlines_are_those_of_the_measures() -> None:
    measures = small_measures()
    found = headlines_of(measures, ["A1"])
    trend = measures.frame("mrr_trend")
    now = trend[(trend["quarter"] == "2026Q3") & (trend["segment"] == "all")].iloc[0]
    before = trend[(trend["quarter"] == "2026Q2") & (trend["segment"] == "all")].iloc[0]
    company = found[COMPANY][COMPANY]
    assert (company["mrr"], company["mrr_before"]) == (now["mrr_close"], before["mrr_close"])
    assert (company["nrr"], company["grr_before"]) == (now["nrr"], before["grr"])
    assert "all" not in found["segment"]


def test_what_was_not_measured_is_a_dash_and_no_change_of_nothing() -> None:
    assert headline({"mrr": None, "mrr_before": 1.0}, ENGLISH).change == "–"
    assert headline({"mrr": 5.0, "mrr_before": 0.0}, ENGLISH).change == "–"
    assert not headline({"mrr": 5.0}, ENGLISH).has_shares


def test_figures_of_another_quarter_are_not_shown(tmp_path: Path) -> None:
    headlines = {"segment": {"smb": {"mrr": 90.0, "mrr_before": 100.0}}}
    page = render_index([status("segment", "smb")], tmp_path, About("Acme", "en", "0", "2026Q2", headlines=headlines))
    assert "MRR" not in page


def test_failures_come_first_with_their_reasons(tmp_path: Path) -> None:
    page = written(
        tmp_path,
        status("segment", "smb"),
        status("segment", "mid", outcome="cell_error", reason="cell 4: KeyError: <mrr>"),
        status("segment", "big", outcome="timeout", reason="never"),
    )
    listed = re.search(r'<section class="cs-failures">(.*?)</section>', page, re.S)
    assert listed is not None and listed.start() < page.index("<table")
    texts = [" ".join(re.sub("<[^>]*>", " ", item).split()) for item in re.findall(r"<li>(.*?)</li>", listed[1], re.S)]
    assert texts == [
        "Segment · Q3 2026 · big · English failed: took too long · never",
        "Segment · Q3 2026 · mid · English failed: a cell raised an error · cell 4: KeyError: &lt;mrr&gt; · the link"
        " leads to the pack of Nov 22, 2026",
    ]
    assert "1 of 3 packs ready · 2 not ready" in page
    assert 'href="segment-mid-en.html"' in page and "segment-big-en.html" not in page
    assert "cs-failures" not in written(tmp_path, status("segment", "smb")).partition("</style>")[2]


def test_the_only_script_is_ours_and_known_to_the_policy(tmp_path: Path) -> None:
    page = written(tmp_path, status("segment", "smb"))
    assert re.findall(r"<script>(.*?)</script>", page, re.S) == [search_script()]
    seal = base64.b64encode(hashlib.sha256(search_script().encode()).digest()).decode()
    policy = re.search(r'Security-Policy" content="([^"]*)"', page)
    assert policy is not None and f"script-src &#39;sha256-{seal}&#39;" in policy[1]
    assert "default-src &#39;none&#39;" in policy[1] and "unsafe-eval" not in page
    assert not re.search(r"fetch|XMLHttp|import|innerHTML|eval|location|cookie", search_script())


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with judging(chromium) as opened:
        yield opened


def many(n: int) -> list[PackStatus]:
    units = [f"U{at:03} {'株式会社' if at % 2 else 'Inc.'}" for at in range(n)]
    failed = {"outcome": "cell_error", "reason": "KeyError"}
    return [
        status("executive", None),
        *(
            status("segment", unit, lang, **(failed if unit.startswith("U007") else {}))
            for unit in units
            for lang in ("en", "ja")
        ),
    ]


@pytest.mark.chromium
def test_the_search_hides_what_does_not_match_and_says_how_many_are_left(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text(written(tmp_path, *many(250)), encoding="utf-8")
    with looked_at(browser, path, MODES["laptop"]) as (page, asked):
        assert page.locator("tbody tr:visible").count() == 251
        for typed, n in (("u00", 10), ("Ｕ００７", 1), ("failed", 1), ("<script>", 0), ("株式会社", 125), ("", 251)):
            page.fill("#find", typed)
            assert page.locator("tbody tr:visible").count() == n, typed
            assert page.locator("#found").inner_text() == (f"Found: {n}" if typed else "")
        assert asked == []


@pytest.mark.chromium
def test_without_scripts_everything_is_there_to_read_and_no_search_box(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text(written(tmp_path, *many(3)), encoding="utf-8")
    with looked_at(browser, path, MODES["phone"], scripts=False) as (page, asked):
        assert page.locator("tbody tr:visible").count() == 4
        assert not page.locator("#find").is_visible()
        assert asked == []


@pytest.mark.chromium
@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_in_the_index(browser: Browser, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "index.html"
    path.write_text(written(tmp_path, *many(8), lang="ja"), encoding="utf-8")
    with looked_at(browser, path, MODES[mode]) as (page, asked):
        assert violations(page) == []
        assert overflow(page) <= 0
        assert asked == []


def test_an_index_of_five_hundred_packs_is_made_at_once_and_stays_small(tmp_path: Path) -> None:
    packs = many(250)
    started = time.process_time()
    page = written(tmp_path, *packs)
    assert time.process_time() - started < 2
    assert len(page.encode()) < 250_000
    assert len(rows(page)) == 251
