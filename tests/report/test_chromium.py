"""In a real browser: nothing of a hostile page runs, asks for anything or pushes the page out of its width."""

from __future__ import annotations

import html
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import opened, page_width
from hostile import HONEST, HOSTILE, published, sinks, text_of

pytestmark = pytest.mark.chromium


class Listener(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    Listener.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port, Listener.asked
        server.shutdown()
        thread.join()


def everything(port: int) -> list[dict[str, object]]:
    return [cell for name in HOSTILE for cells in sinks(text_of(name, port)).values() for cell in cells]


def test_nothing_of_a_hostile_pack_runs_or_asks(chromium: str, tmp_path: Path, listener: tuple[int, list[str]]) -> None:
    port, asked = listener
    dom = opened(chromium, published(everything(port), text_of("script", port)), tmp_path)
    assert asked == []
    assert "<title>OWNED" not in dom
    assert re.findall(r"<(?:script|iframe|object|embed|link|base|form)\b", dom) == []
    assert dom.count(HONEST) > len(HOSTILE)


def test_the_same_texts_do_run_and_ask_in_a_page_that_is_not_ours(
    chromium: str, tmp_path: Path, listener: tuple[int, list[str]]
) -> None:
    port, asked = listener
    texts = [text_of(name, port) for name in ("onerror", "outside image", "iframe", "stylesheet")]
    dom = opened(chromium, f"<!DOCTYPE html><title>x</title>{''.join(texts)}", tmp_path)
    assert "<title>OWNED" in dom
    assert {"/image.png", "/style.css", "/import.css"} <= set(asked)


def test_the_policy_alone_stops_what_would_slip_through(
    chromium: str, tmp_path: Path, listener: tuple[int, list[str]]
) -> None:
    port, asked = listener
    texts = "".join(text_of(name, port) for name in ("onerror", "outside image", "iframe", "stylesheet", "script"))
    dom = opened(chromium, published([]).replace("</main>", f"{texts}</main>"), tmp_path)
    assert asked == []
    assert "<title>OWNED" not in dom


WIDE = "<table><caption>c</caption><tr>" + "".join(f"<td>column{i}</td>" for i in range(40)) + "</tr></table>"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_is_never_wider_than_its_window(chromium: str, tmp_path: Path, width: int) -> None:
    cells = [
        *sinks(html.escape(text_of("long")))["escaped html"],
        *sinks(WIDE)["careless html"],
        *sinks("x" * 3000)["text"],
    ]
    page = published(cells, text_of("long"))
    assert page_width(chromium, page, tmp_path, width) <= width
