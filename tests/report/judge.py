"""A real browser that judges a page: what it asks for, how wide it is, what axe-core says, what it cannot write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PHONE, LAPTOP = 390, 1280


@dataclass(frozen=True)
class Mode:
    """How a reader looks at a page. media: screen or print; scheme: light or dark; width: CSS pixels."""

    width: int = LAPTOP
    scheme: str = "light"
    media: str = "screen"


MODES: Mapping[str, Mode] = {
    "laptop": Mode(),
    "phone": Mode(width=PHONE),
    "dark": Mode(scheme="dark"),
    "print": Mode(media="print"),
}
_EVERY_RULE = """async () => {
  const rules = Object.fromEntries(axe.getRules().map(({ruleId}) => [ruleId, {enabled: true}]));
  const {violations} = await axe.run(document, {rules, resultTypes: ['violations'], preload: false});
  return violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 200)}`));
}"""
_UNWRITABLE = """() => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 24;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  pen.font = '16px ' + getComputedStyle(document.body).fontFamily;
  const drawn = (sign) => { pen.clearRect(0, 0, 24, 24); pen.fillText(sign, 2, 18);
    return pen.getImageData(0, 0, 24, 24).data.join(); };
  const box = drawn('\\u{10FFFE}');
  const signs = new Set([...document.documentElement.textContent, ...[...document.images].flatMap((i) => [...i.alt])]);
  return [...signs].filter((sign) => sign.trim() && drawn(sign) === box);
}"""


def axe_source() -> str:
    """The script of axe-core that comes with axe-playwright-python."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text("utf-8")


@contextmanager
def judging(chromium: str) -> Iterator[Browser]:
    """The browser; nothing of it is left afterwards."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def looked_at(browser: Browser, path: Path, mode: Mode, scripts: bool = True) -> Iterator[tuple[Page, list[str]]]:
    """The page in that mode, and the addresses that it asks for besides its own, as long as it is looked at."""
    context = browser.new_context(
        viewport={"width": mode.width, "height": 844},
        is_mobile=mode.width == PHONE,
        color_scheme="dark" if mode.scheme == "dark" else "light",
        java_script_enabled=scripts,
    )
    page, asked = context.new_page(), list[str]()

    def note(url: str) -> None:
        if url != path.as_uri() and not url.startswith("data:"):
            asked.append(url)

    page.on("request", lambda request: note(request.url))
    page.goto(path.as_uri())
    turn(page, mode)
    yield page, asked
    context.close()


def turn(page: Page, mode: Mode) -> None:
    """The page as it is now, in another medium or colour scheme; its width is that of the window it was opened in."""
    page.emulate_media(
        media="print" if mode.media == "print" else "screen", color_scheme="dark" if mode.scheme == "dark" else "light"
    )


def violations(page: Page) -> list[str]:
    """What axe-core finds, every rule on: also best practices, the highest level and the experimental ones."""
    page.evaluate(axe_source())
    found: list[str] = page.evaluate(_EVERY_RULE)
    return found


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def unwritable(page: Page) -> list[str]:
    """Signs of the page that come out as the box of a missing glyph."""
    found: list[Any] = page.evaluate(_UNWRITABLE)
    return [str(sign) for sign in found]
