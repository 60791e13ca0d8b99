"""Timestamps: ISO with or without an offset, into local time of the reporting time zone."""

from __future__ import annotations

from ..sql import literal
from .dates import ISO, moment
from .notation import Notation

CLOCK = r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
OFFSET = r" ?(Z|[+-]\d{2}(:?\d{2})?)"
ISO_TIME = ISO + CLOCK
_STEPS = ("'30 minutes'", "'1 hour'", "'2 hours'")


def timestamp_value(text: str, how: Notation) -> str:
    """SQL of the local TIMESTAMP that `text` (SQL) writes; NULL when it is not written as declared."""
    if not how.formats:
        naive = f"CASE WHEN regexp_full_match({text}, '{ISO_TIME}') THEN try_cast({text} AS TIMESTAMP) END"
        return f"coalesce({_local(naive, how)}, {_with_offset(text, how)})"
    return f"coalesce({', '.join(_declared(text, pattern, how) for pattern in how.formats)})"


def _declared(text: str, pattern: str, how: Notation) -> str:
    if pattern == "iso":
        return timestamp_value(text, Notation(time_zone=how.time_zone, reporting_zone=how.reporting_zone))
    value = moment(text, pattern)
    if "%z" in pattern:
        return f"timezone({literal(how.reporting_zone)}, {value})"
    return _local(f"CAST({value} AS TIMESTAMP)", how)


def _with_offset(text: str, how: Notation) -> str:
    value = f"CASE WHEN regexp_full_match({text}, '{ISO_TIME}{OFFSET}') THEN try_cast({text} AS TIMESTAMPTZ) END"
    return f"timezone({literal(how.reporting_zone)}, {value})"


def _local(naive: str, how: Notation) -> str:
    """A time without offset, read in its declared zone, as local time of the reporting zone; NULL in a DST gap."""
    zone = how.time_zone or how.reporting_zone
    if zone == "UTC" == how.reporting_zone:
        return naive
    there = f"timezone({literal(zone)}, {naive})"
    back = f"timezone({literal(zone)}, {there})"
    here = f"timezone({literal(how.reporting_zone)}, {there})"
    return f"CASE WHEN {back} = {naive} THEN {here} END"


def without_offset(text: str, how: Notation) -> str:
    """SQL of the TIMESTAMP that `text` writes without an offset, as it is written there; NULL otherwise."""
    declared = [f"CAST({moment(text, p)} AS TIMESTAMP)" for p in how.formats if p != "iso" and "%z" not in p]
    iso = f"CASE WHEN regexp_full_match({text}, '{ISO_TIME}') THEN try_cast({text} AS TIMESTAMP) END"
    return f"coalesce({', '.join([*declared, iso])})" if declared else iso


def has_offset(text: str, how: Notation) -> str:
    """SQL: whether `text` writes a time with its offset from UTC."""
    declared = [f"{moment(text, p)} IS NOT NULL" for p in how.formats if "%z" in p]
    return " OR ".join([*declared, f"regexp_full_match({text}, '{ISO_TIME}{OFFSET}')"])


def occurs_twice(naive: str, zone: str) -> str:
    """SQL: whether a local TIMESTAMP of the zone occurred twice, because the clocks were set back over it."""
    there, name = f"timezone({literal(zone)}, {naive})", literal(zone)
    again = [f"timezone({name}, {there} {sign} INTERVAL {step}) = {naive}" for step in _STEPS for sign in "+-"]
    return f"coalesce({' OR '.join(again)}, FALSE)"


def in_gap(text: str, how: Notation) -> str:
    """SQL: whether `text` is a time without offset that its zone skipped."""
    zone = how.time_zone or how.reporting_zone
    if zone == "UTC":
        return "FALSE"
    naive = without_offset(text, how)
    return f"coalesce(timezone({literal(zone)}, timezone({literal(zone)}, {naive})) <> {naive}, FALSE)"
