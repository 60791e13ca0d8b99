"""From an executed notebook to one HTML file that opens anywhere and asks nobody for anything."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..story.text import shown
from .brand import PLAIN, Brand
from .lines import kept_whole
from .redact import without_controls
from .sanitise import is_picture, sanitise
from .words import words

TEMPLATES = Path(__file__).parent / "template"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)
LONGEST_RUNNING_HEAD = 60
_HEADING = re.compile(r"<h([1-6])((?: [^<>]*)?)>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(r' id="([^"]*)"')
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Page:
    """What a pack says around its sections. lang: of the page. as_of: ISO date. fiscal_year_start: month."""

    title: str
    lang: str
    company: str
    quarter: str
    as_of: str
    unit: str | None = None
    version: str = ""
    fiscal_year_start: int = 1
    brand: Brand = PLAIN


def render_pack(notebook: Any, page: Page) -> str:
    """The HTML of a pack: allowed outputs and notes of the notebook, never code, errors, streams or parameters."""
    from ..story.language import Language

    anchored, headings, heading = _anchored(_body(notebook, page.lang))
    language = Language(page.lang, fiscal_year_start=page.fiscal_year_start)
    quarter = language.quarter(page.quarter)
    return render_page(
        "page.html.j2",
        page=page,
        quarter=quarter,
        day=language.date(page.as_of),
        title=f"{heading} · {quarter}" if heading else page.title,
        has_title=bool(heading),
        body=kept_whole(anchored),
        headings=headings,
        say=words(page.lang),
    )


@cache
def _exporter() -> Any:
    from . import notebook_format  # noqa: F401 - before nbconvert imports it
    from nbconvert.exporters import TemplateExporter  # isort: skip
    from traitlets.config import Config

    exporter: Any = TemplateExporter(  # type: ignore[no-untyped-call]
        config=Config(TemplateExporter={"preprocessors": [], "default_preprocessors": []}),
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="csworkbench",
        template_file="index.html.j2",
    )
    exporter.register_filter("cs_markdown", markdown)
    exporter.register_filter("cs_output", output_html)
    return exporter


def _body(notebook: Any, lang: str) -> str:
    """The sections one after the other, each of them allowed and balanced by itself."""
    return str(_exporter().template.render(nb=notebook, resources={"lang": lang}))


@cache
def _markdown() -> Any:
    import mistune

    return mistune.create_markdown(escape=True, hard_wrap=False, plugins=["table", "strikethrough"])


def markdown(text: str) -> str:
    """Markdown as balanced, allowed HTML; raw HTML in it shows as text, `$` is a dollar."""
    return sanitise(str(_markdown()(text)))


def output_html(output: Mapping[str, Any]) -> str:
    """One output of a cell as allowed HTML: the richest allowed form of a display, nothing of streams and errors."""
    if output.get("output_type") not in ("display_data", "execute_result"):
        return ""
    data = output.get("data", {})
    for mime, render in _FORMS.items():
        if mime in data:
            value = data[mime]
            return render(value if isinstance(value, str) else "".join(map(str, value)))
    return ""


def _picture(mime: str, encoded: str) -> str:
    try:
        content = base64.b64decode(encoded)
    except (binascii.Error, ValueError):
        return ""
    address = f"data:{mime};base64,{base64.b64encode(content).decode()}"
    return f'<figure class="cs-figure"><img src="{address}" alt=""></figure>' if is_picture(address) else ""


def _text(text: str) -> str:
    return f'<pre class="cs-text" tabindex="0">{html.escape(text)}</pre>'


_FORMS = {
    "text/html": sanitise,
    "text/markdown": markdown,
    "image/svg+xml": lambda text: f'<figure class="cs-figure">{sanitise(text)}</figure>',
    "image/png": lambda text: _picture("image/png", text),
    "text/plain": _text,
}


@dataclass(frozen=True)
class Heading:
    """A section of the pack, for its contents list."""

    anchor: str
    text: str


def _anchored(body: str) -> tuple[str, list[Heading], str]:
    """The body with an anchor on each second-level heading, those headings, and the text of the first title."""
    headings: list[Heading] = []
    titles: list[str] = []

    def anchor(found: re.Match[str]) -> str:
        level, attributes, inner = found[1], found[2], found[3]
        text = html.unescape(_TAGS.sub("", inner)).strip()
        if level == "1":
            titles.append(text)
        if level != "2" or not text:
            return found[0]
        known = _ID.search(attributes)
        name = known[1] if known else f"section-{len(headings) + 1}"
        headings.append(Heading(name, text))
        return found[0] if known else f'<h2{attributes} id="{name}">{inner}</h2>'

    return _HEADING.sub(anchor, body), headings, next(filter(None, titles), "")


@cache
def css() -> str:
    """The style of every page: that of the frame and that of the exhibits."""
    story = resources.files("csworkbench.story") / "style.css"
    parts = [(TEMPLATES / "style.css").read_text("utf-8")]
    if story.is_file():
        parts.append(story.read_text("utf-8"))
    return "\n".join(parts)


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_text"] = css_text
    return environment


def css_text(text: str) -> Markup:
    """A text as a quoted string of a style sheet, on one line; every sign but plain letters is written by number."""
    plain = shown(text, LONGEST_RUNNING_HEAD)
    return Markup('"{}"').format(Markup("").join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in plain))


def render_page(name: str, **values: Any) -> str:
    """A page of the template folder, every value escaped."""
    page = _environment().get_template(name).render(**{"policy": POLICY, "css": css(), **values})
    return without_controls(str(page))
