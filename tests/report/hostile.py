"""Hostile texts, the places that they can come through, and what a published page must not hold."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import nbformat
from workbench import code, markdown, notebook

from csworkbench.report.publish import Page, render_pack

# Every text starts with this word, which must still be there to read.
HONEST = "Honest"
OUT = "http://127.0.0.1:{port}"
HOSTILE = {
    "script": "<script>document.title='OWNED'</script>",
    "script in capitals": "<ScRiPt\t>document.title='OWNED'</sCrIpT >",
    "onerror": "<img src=x onerror=\"document.title='OWNED'\">",
    "onload of svg": "<svg onload=\"document.title='OWNED'\"><path d='M0 0'/></svg>",
    "attribute break-out": "\" onmouseover=\"document.title='OWNED'\" autofocus onfocus=\"document.title='OWNED'",
    "attribute break-out, single": "' onmouseover='alert(1)' x='",
    "javascript link": "<a href=\"javascript:document.title='OWNED'\">go</a>",
    "javascript link, hidden": "<a href=\"jAvA\tscript&colon;document.title='OWNED'\">go</a>",
    "vbscript link": "<a href='vbscript:x'>go</a>",
    "data html link": '<a href="data:text/html,<script>alert(1)</script>">go</a>',
    "data svg link": "<a href='data:image/svg+xml;base64,PHN2Zy8+'>go</a>",
    "file link": "<a href='file:///etc/passwd'>go</a>",
    "outside link": "<a href='{out}/link' ping='{out}/ping'>go</a>",
    "outside image": "<img src='{out}/image.png' srcset='{out}/set.png 2x'>",
    "protocol-relative image": "<img src='//127.0.0.1:{port}/relative.png'>",
    "outside picture": "<picture><source srcset='{out}/source.png'><img src='{out}/picture.png'></picture>",
    "outside media": "<video src='{out}/v' poster='{out}/p' autoplay></video><audio src='{out}/a' autoplay></audio>",
    "stylesheet": "<link rel='stylesheet' href='{out}/style.css'><style>@import '{out}/import.css';</style>",
    "prefetch": "<link rel='prefetch' href='{out}/p'><link rel='dns-prefetch' href='{out}'>",
    "style attribute": "<p style=\"background: url('{out}/bg.png'); position: fixed; inset: 0\">x</p>",
    "style with escapes": '<p style="background: u\\72l({out}/esc.png)">x</p>',
    "style close": "</style><script>document.title='OWNED'</script>",
    "title close": "</title><script>document.title='OWNED'</script>",
    "textarea close": "</textarea></noscript></template><script>document.title='OWNED'</script>",
    "comment": "<!--><script>document.title='OWNED'</script>-->",
    "unclosed comment": "<!-- <b",
    "cdata": "]]><script>document.title='OWNED'</script><![CDATA[",
    "iframe": "<iframe src='{out}/frame' srcdoc=\"<script>parent.document.title='OWNED'</script>\"></iframe>",
    "object and embed": "<object data='{out}/object'></object><embed src='{out}/embed'>",
    "base": "<base href='{out}/'>",
    "meta refresh": "<meta http-equiv='refresh' content='0;url={out}/refresh'>",
    "form": "<form action='{out}/form'><button formaction=\"javascript:document.title='OWNED'\">x</button></form>",
    "svg script": "<svg><script>document.title='OWNED'</script></svg>",
    "svg foreign object": "<svg><foreignObject><iframe src='{out}/foreign'></iframe></foreignObject></svg>",
    "svg use": "<svg><use href='{out}/use.svg#x' xlink:href='data:image/svg+xml,x#x'/></svg>",
    "svg image": "<svg><image href='{out}/image.svg' xlink:href='{out}/image2.svg'/></svg>",
    "svg animation": "<svg><a><animate attributeName='href' values=\"javascript:alert(1)\"/><text>x</text></a></svg>",
    "svg paint": "<svg><rect fill=\"url('{out}/paint.svg#p')\" width='9' height='9'/></svg>",
    "svg style": "<svg><style>* {{ fill: url({out}/svgstyle.svg#x) }}</style></svg>",
    "svg title mutation": "<svg></p><title><style><img src=x onerror=\"document.title='OWNED'\"></style></title></svg>",
    "math mutation": "<math><mtext><table><mglyph><style><img src=x onerror=\"document.title='OWNED'\">",
    "mathjax": "$\\href{{javascript:alert(1)}}{{x}}$ and \\(\\unicode{{x}}\\) cost $1,200 now, $1,400 later",
    "markdown link": "[go](javascript:alert(1)) ![x]({out}/markdown.png) <{out}/auto>",
    "markdown reference": "[go][1]\n\n[1]: javascript:alert(1)",
    "mermaid": "```mermaid\ngraph TD; A[<img src=x onerror=\"document.title='OWNED'\">]\n```",
    "template braces": "{{{{7*7}}}} {{% raw %}} {{{{ config }}}} ${{7*7}} #{{7*7}} <%= 7*7 %>",
    "format braces": "{{0.__class__}} {{}} %s %(x)s",
    "ansi": "\x1b[31mred\x1b[0m \x1b]8;;{out}/osc\x07link\x1b]8;;\x07",
    "controls": "\x00\x01\x08\x7f\x9b31m\ufeff",
    "right to left": "\u202egnp.exe\u202c \u2066isolate\u2069",
    "long": "W" * 10_000,
    "unbalanced": "</div></main></body></html><p>",
    "table break-out": "</td></tr></table><script>document.title='OWNED'</script>",
    "entities": "&lt;script&gt; &#60;script&#62; &amp;amp;",
    "spoofed frame": "<h1 id='content' class='cs-skip' style='position:fixed'>x</h1><a class=cs-skip href='#x'>x</a>",
}
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()


def text_of(name: str, port: int = 9) -> str:
    return HONEST + " " + HOSTILE[name].format(out=OUT.format(port=port), port=port)


def shown(mime: str, content: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    output = {"output_type": "display_data", "data": {mime: content}, "metadata": metadata or {}}
    return {**code("x = 1"), "execution_count": 1, "outputs": [output]}


def sinks(text: str) -> dict[str, list[dict[str, Any]]]:
    """Sink → cells of an executed notebook through which the text comes."""
    import html

    stream = {"output_type": "stream", "name": "stderr", "text": text}
    error = {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]}
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><text>{HONEST}</text>{text}</svg>'
    address = "data:image/svg+xml;base64," + base64.b64encode(drawing.encode("utf-8", "replace")).decode()
    safe = html.escape(text)
    return {
        "careless html": [shown("text/html", f"<p>{text}</p>")],
        "careless attribute": [shown("text/html", f'<p title="{text}">{HONEST}</p>')],
        "careless table": [
            shown("text/html", f"<table><tr><th scope='col'>{text}</th></tr><tr><td>{text}</td></tr></table>")
        ],
        "escaped html": [shown("text/html", f'<h2>{safe}</h2><p title="{safe}">{safe}</p>')],
        "markdown output": [shown("text/markdown", f"## {text}\n\n{text}")],
        "markdown cell": [markdown(f"## {text}\n\n{text}")],
        "text": [shown("text/plain", text)],
        "svg": [shown("image/svg+xml", drawing)],
        "svg picture": [shown("text/html", f"<p>{HONEST}</p><img src='{address}' alt='{safe}'>")],
        "png": [shown("image/png", text), markdown(HONEST)],
        "png metadata": [shown("image/png", PNG, {"image/png": {"width": text, "height": text}}), markdown(HONEST)],
        "other kinds": [
            *(
                shown(mime, text)
                for mime in ("application/javascript", "text/latex", "application/json", "application/pdf")
            ),
            *(
                shown(mime, text)
                for mime in ("application/vnd.jupyter.widget-view+json", "text/vnd.mermaid", "image/bmp")
            ),
            {**code(text), "execution_count": 1, "outputs": [stream, error]},
            markdown(HONEST),
        ],
    }


def published(cells: list[dict[str, Any]], text: str = "smb") -> str:
    made = notebook(*cells)
    made["metadata"]["title"] = text
    made["metadata"]["papermill"] = {"parameters": {"segment": text}}
    page = Page(f"{text} · Segment", "en", f"Acme {text}", "2026Q3", "2026-09-30", text, "0.1.0")
    return render_pack(nbformat.from_dict(made), page)


ALLOWED_META = {"charset", "http-equiv", "name", "content"}
FORBIDDEN_TAGS = {
    *("script", "iframe", "object", "embed", "link", "base", "form", "input", "button", "textarea", "select"),
    *("foreignobject", "image", "animate", "set", "audio", "video", "source", "picture", "template", "math"),
    *("noscript", "frame", "frameset", "applet", "portal"),
}
LINK = re.compile(r"#\S+|data:text/csv[;,].*|[A-Za-z0-9_-]+\.html")
OUTSIDE_STYLE = re.compile(r"url\(\s*(?!#)|@import|\\", re.IGNORECASE)


class Inspector(HTMLParser):
    """Collects what must not be in a page, and the text that can be read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.text: list[str] = []
        self.n_meta = self.n_style = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.n_meta += tag == "meta"
        self.n_style += tag == "style"
        if tag in FORBIDDEN_TAGS or (tag == "meta" and not {name for name, _ in attrs} <= ALLOWED_META):
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        local = name.rpartition(":")[2]
        if local.startswith("on") or local in {
            "srcset",
            "ping",
            "srcdoc",
            "action",
            "formaction",
            "background",
            "poster",
        }:
            self.faults.append(f"{tag} {name}")
        if local == "href" and not LINK.fullmatch(value):
            self.faults.append(f"{tag} {name}={value}")
        if local == "src" and not value.startswith("data:image/"):
            self.faults.append(f"{tag} {name}={value}")
        plain = unquote(value) if local == "src" else value
        if local not in {"title", "alt", "content", "aria-label", "download"} and OUTSIDE_STYLE.search(plain):
            self.faults.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def inspected(page: str) -> Inspector:
    inspector = Inspector()
    inspector.feed(page)
    inspector.close()
    return inspector
