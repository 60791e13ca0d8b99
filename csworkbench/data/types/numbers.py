"""Numbers: plain `-1234.56`, and other notations where they are declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..sql import literal

PLAIN = r"-?\d+(\.\d+)?"
SCIENTIFIC = r"-?\d+(\.\d+)?([eE][+-]?\d+)?"

_WIDE = "０１２３４５６７８９．，－−＋（）％￥　"
_NARROW = "0123456789.,--+()%¥ "
_MINUS = "▲△"
_SYMBOLS = {"yen": ("¥￥", "円"), "dollar": ("$＄", ""), "euro": ("€", "€"), "pound": ("£￡", "")}

NOTATIONS: Mapping[str, str] = {
    "1,234.56": "comma between thousands, decimal point",
    "1.234,56": "point between thousands, decimal comma",
    "1 234,56": "blank between thousands, decimal comma",
    "1'234.56": "apostrophe between thousands, decimal point",
    "1234,56": "decimal comma, nothing between thousands",
    "fullwidth": "１，２００ as Japanese forms write it",
    "yen": "¥1,200 or 1200円",
    "dollar": "$1,200",
    "euro": "€1.200 or 1.200 €",
    "pound": "£1,200",
    "accounting": "(1,200), 1,200- or ▲1,200 for minus 1,200",
    "percent": "12.5% for 0.125",
    "scientific": "1.2e-05",
}
_PARENTHESES = r"^\(([^-()]+)\)$"
SEPARATORS = {
    "1,234.56": (",", "."),
    "1.234,56": (".", ","),
    "1 234,56": (" ", ","),
    "1'234.56": ("'", "."),
    "1234,56": ("", ","),
}


def number_text(text: str, words: Sequence[str]) -> str:
    """SQL of the plain number that `text` (SQL) holds, NULL when it is not written as declared.

    words: of NOTATIONS. Marks (yen, accounting …) widen what is accepted; separators of thousands and decimals replace
    the plain notation, so that `1.234` cannot mean two things.
    """
    for word in ("fullwidth", *_SYMBOLS, "accounting", "percent"):
        if word in words:
            text = _MARKS[word](text) if word in _MARKS else _without_symbol(text, *_SYMBOLS[word])
    groups = [_ungrouped(text, *SEPARATORS[word]) for word in words if word in SEPARATORS]
    if groups:
        return groups[0] if len(groups) == 1 else f"coalesce({', '.join(groups)})"
    pattern = SCIENTIFIC if "scientific" in words else PLAIN
    return f"CASE WHEN regexp_full_match({text}, {literal(pattern)}) THEN {text} END"


def divisor(words: Sequence[str]) -> int:
    """By what the number is divided: 100 where percent is declared."""
    return 100 if "percent" in words else 1


def _narrow(text: str) -> str:
    return f"trim(translate({text}, {literal(_WIDE)}, {literal(_NARROW)}))"


def _without_symbol(text: str, before: str, after: str) -> str:
    first = literal(f"^([-(▲△]?)[{before}] ?")
    last = literal(f" ?[{after}]([)-]?)$")
    bare = f"regexp_replace({text}, {first}, '\\1')"
    return f"regexp_replace({bare}, {last}, '\\1')" if after else bare


def _accounting(text: str) -> str:
    signed = f"regexp_replace({text}, {literal(_PARENTHESES)}, '-\\1')"
    triangle = literal(f"^[{_MINUS}]([^-]+)$")
    signed = f"regexp_replace({signed}, {triangle}, '-\\1')"
    return f"regexp_replace({signed}, '^([^-]+)-$', '-\\1')"


def _percent(text: str) -> str:
    return f"regexp_replace({text}, ' ?%$', '')"


_MARKS = {"fullwidth": _narrow, "accounting": _accounting, "percent": _percent}


def _ungrouped(text: str, group: str, point: str) -> str:
    between = {" ": "[ \u00a0\u202f]", ".": r"\.", "": ""}.get(group, group)
    whole = rf"(\d{{1,3}}({between}\d{{3}})+|\d+)" if group else r"\d+"
    mark = r"\." if point == "." else point
    bare = f"regexp_replace({text}, {literal(between)}, '', 'g')" if group else text
    plain = bare if point == "." else f"replace({bare}, ',', '.')"
    shape = literal(rf"-?{whole}({mark}\d+)?")
    return f"CASE WHEN regexp_full_match({text}, {shape}) THEN {plain} END"
