"""Where a line of a page may end: a figure stays whole, a name or heading of a table ends between its parts."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')
_TAG = re.compile(r"<(/?)([a-z0-9]+)")
_WHOLE = frozenset({"pre", "code", "svg", "style", "caption"})
_CELLS = frozenset({"th", "td"})
_LONG = re.compile(r'class="(?:[^"]* )?cs-long[ "]')
_UNITS = "か月|ポイント|四半期|時間|[件社名人日回席点倍年円週]"
_FIGURE = re.compile(
    r"(?<![0-9A-Za-z#&.,])(?:"
    r"\d{4}年(?:\d{1,2}月\d{1,2}日|Q\d)"
    rf"|[+−]?[¥$€£]?\d(?:[\d.,]*\d)?(?:[KMBT]\b|[万億兆])?(?:%| ?pt\b|{_UNITS})?"
    r"|Q\d–Q\d|ROC-AUC)"
)
# Where a browser would end a line: after a sign, before a blank, and beside every sign that is not Latin.
_MAY_BREAK = re.compile(r"[+−][¥$€£]|[ 　-鿿–]|[A-Z]-[A-Z]")
_PARTS = re.compile(
    r"(?<=[^\s<>（「・])(?=株式会社)|(?<=株式会社)(?=[^\s<>）」・])"
    r"|(?<=[一-鿿々])(?=[ァ-ヴ](?<![ヵヶ]))|(?<=[ァ-ヴー])(?<![ヵヶ])(?=[一-鿿]{2})"
)


def kept_whole(body: str) -> str:
    """The fragment with its figures in spans that no line breaks, and with places to break in cells of tables.

    body: balanced, allowed HTML. What it says and its attributes stay as they are.
    """
    pieces, within, in_cell = _TOKEN.split(body), list[str](), False
    for at, piece in enumerate(pieces):
        if at % 2 and (tag := _TAG.match(piece)):
            closes, name = bool(tag[1]), tag[2]
            if name in _WHOLE:
                within = within[:-1] if closes else [*within, name]
            if name in _CELLS:
                in_cell = not closes and not _LONG.search(piece)
        elif at % 2 == 0 and piece and not within:
            pieces[at] = _FIGURE.sub(_kept, _PARTS.sub("<wbr>", piece) if in_cell else piece)
    return "".join(pieces)


def _kept(figure: re.Match[str]) -> str:
    return f'<span class="cs-kept">{figure[0]}</span>' if _MAY_BREAK.search(figure[0]) else figure[0]
