"""How a column is written: what workspace.toml declares for the column, else for its table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from ...errors import Problem, fault
from ...schema import Column
from ..settings import FILE, ColumnMap, Settings, TableMap
from .dates import swapped
from .numbers import NOTATIONS, SEPARATORS

DATE_NAMES = ("iso", "wareki", "excel")
_TOKENS = (("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("M", "%m"), ("DD", "%d"), ("D", "%d"), ("HH", "%H"))
_CLOCK = (("H", "%H"), ("mm", "%M"), ("ss", "%S"))
_TOKEN = {**dict(_TOKENS), **dict(_CLOCK)}
_ANY_TOKEN = re.compile("|".join(sorted(_TOKEN, key=len, reverse=True)))


@dataclass(frozen=True)
class Notation:
    """formats: strptime patterns or names of DATE_NAMES; () is ISO. numbers: words of NOTATIONS; () is plain.

    time_zone: zone of times without an offset, None when not declared. reporting_zone: company.time_zone.
    plain: "date", "timestamp" or "number" when the text was made from a typed value. ends: end of a span.
    """

    formats: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    time_zone: str | None = None
    reporting_zone: str = "UTC"
    plain: str | None = None
    ends: bool = False
    credits: bool = True


def declared_notation(
    column: Column, table: str, mapping: TableMap, settings: Settings, plain: str | None, ends: bool
) -> tuple[Notation, list[Problem]]:
    """The notation declared for a column, and what is wrong with the declaration.

    A column's own format holds as it is. A table's formats are shared out: those with a clock time to timestamps,
    the others to dates. Where none has
    a clock time, times may be written like dates (at midnight) or ISO.
    """
    own = mapping.columns.get(column.name)
    own = own if isinstance(own, ColumnMap) else ColumnMap()
    formats = _formats(own.format) or _shared(_formats(mapping.format), column)
    numbers = tuple(word.strip() for word in (own.numbers or mapping.numbers or "").split(" + ") if word.strip())
    zone = own.time_zone or mapping.time_zone
    place = f"tables.{table}.columns.{column.name}"
    problems = [
        *_each(formats, _good_format, place, "bad_format"),
        *_each(numbers, NOTATIONS.__contains__, place, "unknown_notation", known=", ".join(NOTATIONS)),
        *_each([zone] if zone else [], known_zone, place, "unknown_time_zone"),
    ]
    separators = [word for word in numbers if word in SEPARATORS]
    either = [pattern for pattern in formats if swapped(pattern) in formats]
    if len(separators) > 1 or either:
        problems.append(fault("two_readings", FILE, 0, place, value=" | ".join(either) or " + ".join(separators)))
    if plain:
        formats, numbers = (), ()
    if problems:
        formats, numbers, zone = (), (), None
    return Notation(formats, numbers, zone, settings.company.time_zone, plain, ends, mapping.credits), problems


def _each(
    words: tuple[str, ...] | list[str], good: Callable[[str], bool], place: str, rule: str, **names: Any
) -> Iterator[Problem]:
    for word in words:
        if not good(word):
            yield fault(rule, FILE, 0, place, value=word, **names)


def _formats(declared: str | None) -> tuple[str, ...]:
    return tuple(strptime(part.strip()) for part in (declared or "").split("|") if part.strip())


def strptime(declared: str) -> str:
    """`YYYY/M/D` and the like as a strptime pattern; patterns and names stay as they are."""
    if "%" in declared or declared in DATE_NAMES:
        return declared
    return _ANY_TOKEN.sub(lambda match: _TOKEN[match[0]], declared)


def _shared(formats: tuple[str, ...], column: Column) -> tuple[str, ...]:
    clocked = tuple(f for f in formats if has_clock(f))
    rest = tuple(f for f in formats if f not in clocked)
    if column.type != "timestamp":
        return rest or clocked
    return clocked or ((*rest, "iso") if rest else ())


def has_clock(pattern: str) -> bool:
    """Whether the pattern holds a time of day."""
    return any(directive in pattern for directive in ("%H", "%I", "%X", "%c", "%T"))


_DIRECTIVES = set("YymdHMSfpIBbzj%")


def _good_format(pattern: str) -> bool:
    if pattern in DATE_NAMES:
        return True
    used = set(re.findall(r"%(.)", pattern))
    return (
        used <= _DIRECTIVES
        and bool(used & {"Y", "y"})
        and (bool(used & {"m", "b", "B"} and "d" in used) or "j" in used)
    )


def known_zone(name: str) -> bool:
    """Whether that IANA time zone exists."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True
