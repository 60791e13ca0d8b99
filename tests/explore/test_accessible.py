"""The explorers as a keyboard and a screen reader meet them, in a real JupyterLab; its own chrome is not judged."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.chromium, pytest.mark.slow, pytest.mark.xdist_group("jupyterlab")]

OURS = ".jp-OutputArea-output"
JUDGE = """async () => {
  const rules = Object.fromEntries(axe.getRules().map(({ruleId}) => [ruleId, {enabled: true}]));
  const {violations} = await axe.run({include: [['.jp-OutputArea-output']]}, {rules, resultTypes: ['violations']});
  return violations.flatMap(({id, nodes}) => nodes.map(({html, target}) => `${id}: ${target} ${html.slice(0, 160)}`));
}"""
# What axe-core asks of a whole page (headings from h1 on, landmarks around everything) is JupyterLab's to give.
WHOLE_PAGE = ("region", "heading-order", "page-has-heading-one")
REACHED = """() => { const found = new Set();
  const stops = ':is(input, select, button, a, summary, [tabindex])';
  for (const one of document.querySelectorAll(`.jp-OutputArea-output ${stops}`)) {
    const shown = one.labels?.[0]?.innerText || one.innerText || one.textContent || one.title || '';
    const name = one.getAttribute('aria-label') || shown;
    const said = name.trim().slice(0, 40) || one.outerHTML.slice(0, 90);
    if (one.tabIndex >= 0 && one.offsetParent && !one.disabled) found.add(`${one.tagName} ${said}`);
  } return [...found]; }"""


def opened(page: Page, lab: str, notebook: str, ready: str) -> None:
    """The notebook with all its cells run, tall enough that every one of them is drawn."""
    page.set_viewport_size({"width": 1280, "height": 9000})
    page.goto(lab % f"explore/{notebook}.ipynb")
    page.get_by_text(re.compile(r"\| Idle")).wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(ready).first.wait_for()
    page.wait_for_function(
        "() => ![...document.querySelectorAll('.jp-InputPrompt')].some(each => each.textContent.includes('*'))",
        timeout=150_000,
    )


def violations(page: Page) -> list[str]:
    spec = find_spec("axe_playwright_python")
    assert spec is not None and spec.origin is not None
    page.evaluate((Path(spec.origin).parent / "axe.min.js").read_text("utf-8"))
    found: list[str] = page.evaluate(JUDGE)
    return [each for each in found if each.partition(":")[0] not in WHOLE_PAGE]


@pytest.mark.parametrize(
    ("notebook", "ready"),
    [
        ("01_cohorts", ".cs-grid button"),
        ("04_journey.ja", ".widget-dropdown"),
        ("07_what_if", ".widget-text"),
        ("06_book_of_business.ja", ".cs-table"),
    ],
)
def test_axe_finds_nothing_in_what_we_show(page: Page, lab: str, notebook: str, ready: str) -> None:
    opened(page, lab, notebook, ready)
    if notebook == "01_cohorts":
        page.locator(".cs-grid button").nth(4).click()
        page.get_by_role("button", name="Compare the two").click()
        page.get_by_role("region", name=re.compile("after the start")).first.wait_for()
        page.get_by_text(re.compile("comparison so far")).first.wait_for()
    assert page.locator(OURS).count() > 3
    found = violations(page)
    assert not found, "\n".join(found)


def test_every_control_has_a_name_and_a_place_among_the_tab_stops(page: Page, lab: str) -> None:
    opened(page, lab, "01_cohorts", ".cs-grid button")
    reached: list[str] = page.evaluate(REACHED)
    assert [each for each in reached if "<" in each] == []
    for name in (
        "SELECT Measure",
        "SELECT Cohorts by",
        "SELECT Period",
        "SELECT Counted if active",
        "INPUT Started since",
        "INPUT Periods shown",
        "INPUT Or by a condition",
        "INPUT Only where",
        "SELECT Compare",
        "SELECT with",
        "BUTTON Compare the two",
        "INPUT Pin this view as",
        "INPUT in the executive pack",
        "INPUT in segment packs",
        "BUTTON Pin",
    ):
        assert name in reached, (name, reached)
    assert sum(each.startswith("BUTTON Q") for each in reached) == 1


def test_the_keyboard_alone_asks_compares_and_pins(page: Page, lab: str, worked_in: Path) -> None:
    opened(page, lab, "01_cohorts", ".cs-grid button")
    page.get_by_label("Measure", exact=True).first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("S")
    page.locator(".cs-grid tbody th").filter(has_text="SMB").first.wait_for()
    page.get_by_label("Pin this view as", exact=True).first.focus()
    page.keyboard.type("By keyboard")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove By keyboard").wait_for()
    kept = worked_in / "pins" / "by-keyboard.json"
    assert '"by": "segment"' in kept.read_text("utf-8")
    kept.unlink()
