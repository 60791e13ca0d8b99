"""Texts that come from data, made safe to show: one line, no control or direction characters, bounded."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 80
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-Z\\-_]")
_BLANKS = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"
_SPACES = " \xa0\u3000"


def shown(value: object, longest: int = LONGEST) -> str:
    """The text on one line, without terminal codes, control and direction marks, at most `longest` characters."""
    text = _BLANKS.sub(" ", _ANSI.sub("", str(value)[: 4 * longest + 200]))
    text = "".join(c for c in text if c in _JOINERS or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"}).strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def csv_cell(value: str) -> str:
    """A text that a spreadsheet takes as text: what starts like a formula or a control gets an apostrophe.

    Blanks before it do not hide a formula; the text itself is not changed.
    """
    starts = value.lstrip(_SPACES)[:1]
    risky = starts in "=+-@＝＋－＠" or unicodedata.category(starts or "a") in {"Cc", "Cf"}
    return f"'{value}" if starts and risky else value
