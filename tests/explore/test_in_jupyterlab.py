"""The analyst's afternoon: open, split, look behind a cell, compare, pin, find it in the pack; and again tomorrow."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from csworkbench.cli import main

pytestmark = [pytest.mark.chromium, pytest.mark.slow, pytest.mark.xdist_group("jupyterlab")]


def opened(page: Page, lab: str, notebook: str) -> Locator:
    """The cohort explorer of the notebook once all its cells were run."""
    page.goto(lab % f"explore/{notebook}.ipynb")
    page.get_by_text(re.compile(r"\| Idle")).wait_for()
    run_all(page)
    return page.locator(".cs-grid").first


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".cs-grid button").first.wait_for()


def control(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True).first


def heads(page: Page) -> list[str]:
    return page.locator(".cs-grid").first.locator("tbody th").all_inner_texts()


def test_an_analyst_finds_a_cohort_and_sends_it_into_the_pack(page: Page, lab: str, worked_in: Path) -> None:
    opened(page, lab, "01_cohorts")
    assert all(re.fullmatch(r"Q\d 20\d\d", head) for head in heads(page))

    control(page, "Cohorts by").select_option(label="Segment")
    expect(page.locator(".cs-grid tbody th").filter(has_text="SMB").first).to_be_visible()
    assert set(heads(page)) == {"SMB", "Mid-market", "Enterprise", "Public sector"}

    cell = page.locator(".cs-grid").first.locator("button").filter(has_text="%").nth(5)
    said = str(cell.get_attribute("aria-label"))
    cell.click()
    cohort = said.split(",")[0]
    accounts = page.get_by_role("region", name=re.compile(rf"{cohort}, \d+ quarters after the start")).first
    expect(accounts.locator("tbody tr").first).to_be_visible()

    page.get_by_role("button", name="Compare the two").click()
    expect(page.get_by_text(re.compile("after 1 comparison so far")).first).to_be_visible()

    control(page, "Pin this view as").fill("Who stays by segment")
    control(page, "Pin this view as").press("Tab")
    page.get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_role("button", name="Remove Who stays by segment")).to_be_visible()
    kept = json.loads((worked_in / "pins" / "who-stays-by-segment.json").read_text("utf-8"))
    assert kept["question"]["by"] == "segment"

    output = worked_in.parent / "packs"
    chosen = ["--quarter", "2026Q3", "--packs", "executive", "--lang", "en", "--output", str(output)]
    assert main(["qbr", str(worked_in), *chosen]) == 0
    published = (output / "executive-2026Q3-en.html").read_text("utf-8")
    assert 'id="pin-who-stays-by-segment"' in published and "Who stays by segment" in published


def test_a_restarted_kernel_finds_the_explorer_as_it_was_left(page: Page, lab: str) -> None:
    opened(page, lab, "01_cohorts")
    control(page, "Cohorts by").select_option(label="Plan at the start")
    expect(page.locator(".cs-grid tbody th").filter(has_text="Starter").first).to_be_visible()
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_text("Restart Kernel and Run All Cells…", exact=True).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.wait_for_timeout(2000)
    page.locator(".cs-grid button").first.wait_for()
    label = str(control(page, "Cohorts by").evaluate("each => each.selectedOptions[0].label"))
    assert label.split() == ["Plan", "at", "the", "start"]
    expect(page.locator(".cs-grid tbody th").filter(has_text="Starter").first).to_be_visible()


def test_arrow_keys_move_between_cells_and_enter_chooses(page: Page, lab: str) -> None:
    grid = opened(page, lab, "01_cohorts.ja")
    grid.locator("button[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    moved = grid.locator("button:focus")
    label = str(moved.get_attribute("aria-label"))
    page.keyboard.press("Enter")
    expect(grid.locator("button[aria-pressed='true']")).to_have_attribute("aria-label", label)
    assert grid.locator("button[tabindex='0']").count() == 1
