"""A pack of the sample company as a reader gets it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import opened, page_width
from hostile import inspected

pytestmark = pytest.mark.xdist_group("quarter")
LARGEST_BYTES = 400_000


@pytest.fixture(scope="session")
def executive(quarter_folder: Path) -> str:
    return (quarter_folder / "executive-2026Q3-en.html").read_text("utf-8")


def test_the_pack_asks_nobody_for_anything_and_shows_no_code(executive: str) -> None:
    assert inspected(executive).faults == []
    assert not re.findall(r"open_pack|papermill|Traceback|parameters", executive)
    assert len(executive.encode()) < LARGEST_BYTES


def test_every_entry_of_the_contents_leads_to_a_section(executive: str) -> None:
    anchors = re.findall(r'<li><a href="#([^"]+)">', executive)
    assert len(anchors) >= 5
    assert all(executive.count(f'id="{anchor}"') == 1 for anchor in anchors)


def test_every_picture_is_described_and_every_table_has_a_caption_and_scoped_headers(executive: str) -> None:
    pictures = re.findall(r"<img [^>]*>", executive)
    assert len(pictures) >= 3
    assert all(re.search(r' src="data:image/', picture) for picture in pictures)
    assert all(re.search(r' alt="[^"]{10,}"', picture) for picture in pictures)
    tables = re.findall(r"<table.*?</table>", executive, re.DOTALL)
    assert len(tables) >= 3
    assert all("<caption>" in table and "scope=" in table for table in tables)


@pytest.mark.chromium
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pack_fits_a_phone_and_a_laptop(executive: str, chromium: str, tmp_path: Path, width: int) -> None:
    assert page_width(chromium, executive, tmp_path, width) <= width


@pytest.mark.chromium
def test_a_browser_shows_the_pack_under_its_own_policy(executive: str, chromium: str, tmp_path: Path) -> None:
    dom = opened(chromium, executive, tmp_path)
    assert "business review" in dom
    assert re.findall(r"<script", dom) == []
