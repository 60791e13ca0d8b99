"""What a reader sees of an exhibit: the cells of its table and the rows of its CSV."""

from __future__ import annotations

import csv
import re
from html import unescape
from html.parser import HTMLParser
from io import StringIO
from urllib.parse import unquote

from csworkbench.story.exhibit import Exhibit


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.rows[-1][-1] += data


def cells(html: str) -> list[list[str]]:
    """The rows of all tables of that HTML as text, headings first."""
    parser = _Cells()
    parser.feed(str(html))
    parser.close()
    return parser.rows


def body(exhibit: Exhibit) -> list[list[str]]:
    """The rows of the exhibit's table without the headings."""
    return cells(exhibit.table_html)[1:]


def csv_rows(exhibit: Exhibit) -> list[list[str]]:
    """The rows of the CSV that the exhibit offers, headings first."""
    (encoded,) = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', str(exhibit.html))
    text = unquote(unescape(encoded)).removeprefix("\ufeff")
    return list(csv.reader(StringIO(text, newline="")))


def text_of_tiles(exhibit: Exhibit) -> list[list[str]]:
    """The lines of each tile: name, value, and what stands below."""
    tiles = re.findall(r'<li class="cs-tile">(.*?)</li>', str(exhibit.table_html))
    lines = re.compile(r"<(?:p|div)[^>]*>(.*?)</(?:p|div)>")
    return [[re.sub(r"<[^>]*>", "", line) for line in lines.findall(tile)] for tile in tiles]
