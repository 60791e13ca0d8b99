"""Dates: ISO `2026-09-30`, and other formats where they are declared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..sql import literal

ISO = r"\d{4}-\d{2}-\d{2}"
OPEN_END = "DATE '9999-12-31'"
FIRST_YEAR, LAST_YEAR = 1900, 2200

_ERAS = {
    "令和|R|㋿": (2018, "DATE '2019-05-01'"),
    "平成|H|㍻": (1988, "DATE '1989-01-08'"),
    "昭和|S|㍼": (1925, "DATE '1926-12-25'"),
    "大正|T|㍽": (1911, "DATE '1912-07-30'"),
    "明治|M|㍾": (1867, "DATE '1868-01-25'"),
}
_ERA_DATE = (
    r"^\s*(令和|平成|昭和|大正|明治|[RHSTM㋿㍻㍼㍽㍾])\s*(元|\d{1,2})"
    r"\s*[年./]\s*(\d{1,2})\s*[月./]\s*(\d{1,2})\s*日?\s*$"
)
_DIRECTIVE = {
    "%Y": r"\d{4}", "%y": r"\d{2}", "%m": r"\d{1,2}", "%d": r"\d{1,2}", "%H": r"\d{1,2}", "%M": r"\d{2}",
    "%S": r"\d{2}", "%f": r"\d{1,9}", "%I": r"\d{1,2}", "%p": "[AaPp][Mm]", "%b": r"\pL{3}", "%B": r"\pL+",
    "%z": r"(Z|[+-]\d{2}(:?\d{2})?)", "%j": r"\d{1,3}", "%%": "%",
}  # fmt: skip


def date_value(text: str, formats: Sequence[str]) -> str:
    """SQL of the DATE that `text` (SQL) writes in one of the formats (ISO when none); NULL otherwise."""
    values = [f"CAST({moment(text, pattern)} AS DATE)" for pattern in formats or ("iso",)]
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def moment(text: str, pattern: str) -> str:
    """SQL of the date or timestamp that `text` writes in exactly this format; NULL otherwise."""
    if pattern == "iso":
        return f"CASE WHEN regexp_full_match({text}, '{ISO}') THEN try_cast({text} AS DATE) END"
    if pattern == "wareki":
        return _wareki(text)
    if pattern == "excel":
        serial = rf"regexp_full_match({text}, '\d{{4,6}}(\.0+)?')"
        return f"CASE WHEN {serial} THEN DATE '1899-12-30' + CAST(try_cast({text} AS DOUBLE) AS INTEGER) END"
    shape = literal(shape_of(pattern))
    return f"CASE WHEN regexp_full_match({text}, {shape}) THEN try_strptime({text}, {literal(pattern)}) END"


def shape_of(pattern: str) -> str:
    """The strptime pattern as an anchored regular expression: digits counted, no stray blanks."""
    parts = re.split(r"(%.)", pattern)
    return "".join(_DIRECTIVE.get(part, re.escape(part)) for part in parts)


def swapped(pattern: str) -> str | None:
    """The pattern with day and month the other way round; None when it has no numeric day and month."""
    if "%d" not in pattern or "%m" not in pattern:
        return None
    return pattern.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def _wareki(text: str) -> str:
    digits = f"translate({text}, '０１２３４５６７８９', '0123456789')"
    part = [f"regexp_extract({digits}, {literal(_ERA_DATE)}, {i})" for i in range(5)]
    year = f"CASE WHEN {part[2]} = '元' THEN 1 ELSE try_cast({part[2]} AS INTEGER) END"
    era = "".join(
        f" WHEN regexp_full_match({part[1]}, {literal(names)}) THEN {base}" for names, (base, _) in _ERAS.items()
    )
    made = f"try(make_date(CASE{era} END + {year}, try_cast({part[3]} AS INTEGER), try_cast({part[4]} AS INTEGER)))"
    began = "".join(
        f" WHEN regexp_full_match({part[1]}, {literal(names)}) THEN {day}" for names, (_, day) in _ERAS.items()
    )
    return f"CASE WHEN {part[0]} <> '' AND {year} > 0 AND {made} >= CASE{began} END THEN {made} END"
