"""How dates and numbers of a column are written: only a notation that every value follows is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..types.dates import moment, swapped
from ..types.numbers import number_text
from ..types.times import ISO_TIME, OFFSET
from .exports import Export, Exports

_DAYS = (
    "iso", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "wareki", "%d.%m.%Y", "%b %d, %Y", "%d %b %Y", "%d-%b-%Y",
    "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y",
)  # fmt: skip
_CLOCKS = (" %H:%M:%S", " %H:%M", "T%H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S.%f", "T%H:%M:%SZ", "T%H:%M:%S%z", " %I:%M %p")
_NUMBERS = (
    "",
    "1,234.56",
    "1.234,56",
    "1234,56",
    "1 234,56",
    "fullwidth",
    "yen + 1,234.56 + fullwidth",
    "dollar + 1,234.56",
    "euro + 1.234,56",
    "euro + 1,234.56",
    "pound + 1,234.56",
    "accounting + 1,234.56",
    "percent",
    "scientific",
)
_FLAGS = ("true", "false", "yes", "no", "1", "0", "t", "f", "y", "n")
FLAG_WORDS = {
    "はい": "true",
    "いいえ": "false",
    "有": "true",
    "無": "false",
    "あり": "true",
    "なし": "false",
    "○": "true",
    "×": "false",
}


@dataclass(frozen=True)
class Notation:
    """What to declare; None: nothing. why: a sentence. open: what cannot be told and is left to the user."""

    format: str | None = None
    numbers: str | None = None
    why: str = ""
    open: str = ""
    either: tuple[str, ...] = ()


def date_notation(exports: Exports, export: Export, column: str, kind: str) -> Notation | None:
    """How the column writes dates (kind "date") or times ("timestamp"); None when it holds neither."""
    if column in export.plain or not exports.values(export, column).n:
        return Notation()
    fits = exports.fitting(export, column, (_ISO_TIME, *(moment("x", pattern) for pattern in _PATTERNS)))
    if kind == "timestamp" and fits[0]:
        return Notation()
    fitting = [pattern for pattern, fit in zip(_PATTERNS, fits[1:], strict=True) if fit]
    return _found(fitting, exports.values(export, column).sample[0], kind) if fitting else None


def _found(fitting: list[str], shown: str, kind: str) -> Notation:
    pattern = fitting[0]
    other = swapped(pattern)
    if other in fitting:
        return Notation(
            open=f'"{shown}" can be {pattern} or {other}: declare format, one of the two', either=(pattern, str(other))
        )
    if pattern == "iso":
        return Notation("%Y-%m-%d" if kind == "timestamp" else None)
    return Notation(pattern, why=f"every value is written as {pattern}")


def _with_clocks() -> Iterator[str]:
    for clock in _CLOCKS:
        yield from ("%Y-%m-%d" + clock, *(day + clock for day in _DAYS if day not in ("iso", "wareki")))


_PATTERNS = (*_DAYS, *_with_clocks())
_ISO_TIME = f"CASE WHEN regexp_full_match(x, '{ISO_TIME}({OFFSET})?') THEN try_cast(x AS TIMESTAMPTZ) END"


def number_notation(exports: Exports, export: Export, column: str) -> Notation | None:
    """How the column writes numbers; None when it holds other things."""
    if export.plain.get(column) == "number" or not exports.values(export, column).n:
        return Notation()
    fits = exports.fitting(export, column, tuple(number_text("x", words.split(" + ")) for words in _NUMBERS))
    fitting = [words for words, fit in zip(_NUMBERS, fits, strict=True) if fit]
    if not fitting:
        return None
    if fitting[0] == "":
        return Notation()
    unsure = "1.234,56" in fitting and "1,234.56" in fitting
    left = '"1,234" can be a thousand or a decimal: declare numbers' if unsure else ""
    return Notation(numbers=fitting[0], why=f"every value is written as {fitting[0]}", open=left)


def is_flag(exports: Exports, export: Export, column: str) -> bool:
    """Whether the column says yes or no."""
    words = {value.strip().lower() for value in exports.values(export, column).sample}
    return words <= {*_FLAGS, *FLAG_WORDS}
