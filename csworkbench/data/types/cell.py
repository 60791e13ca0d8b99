"""SQL that types one cell and names the rule it breaks."""

from __future__ import annotations

from dataclasses import dataclass

from ...schema import SQL_TYPES, Column
from ..sql import literal
from .dates import FIRST_YEAR, ISO, LAST_YEAR, OPEN_END, date_value, moment, swapped
from .notation import Notation
from .numbers import divisor, number_text
from .times import CLOCK, OFFSET, in_gap, timestamp_value

BLANKS = " \t\u00a0\u3000\u2002\u2003\u2009\u200b\u202f\ufeff"
_SHEET_ERROR = r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)"
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")
_MOST = {"int": 1e15, "number": 1e15, "money": 1e12, "share": 1e15}


@dataclass(frozen=True)
class Cell:
    """SQL over the text column `x` and its parsed value `v`.

    parsed: the value (NULL when the text is not one). rule: id of the rule that the cell breaks, NULL when none.
    """

    parsed: str
    rule: str


def typed_cell(column: Column, how: Notation, x: str, v: str) -> Cell:
    """How the text named `x` becomes a value of the column's type; `v` is the name that `parsed` gets."""
    parsed, cases = _KINDS[column.type](column, how, x, v)
    missing = "'required_empty'" if column.required else "NULL"
    sheet_error = _when(f"starts_with({x}, '#') AND regexp_full_match({x}, '{_SHEET_ERROR}')", "sheet_error")
    return Cell(parsed, f"CASE WHEN {x} IS NULL THEN {missing} {sheet_error} {' '.join(cases)} END")


def _when(condition: str, rule: str) -> str:
    return f"WHEN {condition} THEN '{rule}'"


def _key(column: Column, how: Notation, x: str, v: str) -> tuple[str, list[str]]:
    cases = [
        _when(rf"contains({x}, '+') AND regexp_full_match({x}, '\d(\.\d+)[Ee]\+\d+')", "key_lost_digits"),
        f"WHEN regexp_full_match({x}, '[!-~]([ -~]*[!-~])?') THEN NULL",
        _when(f"{x} <> trim({x}, {literal(BLANKS)})", "blank_around_key"),
        _when(rf"regexp_matches({x}, '[\x00-\x1f\x7f]')", "control_character"),
        _when(f"contains({x}, {literal(chr(0xFFFD))})", "lost_character"),
    ]
    return x, cases


def _text(column: Column, how: Notation, x: str, v: str) -> tuple[str, list[str]]:
    if column.choices:
        return x, [_when(f"{x} NOT IN {literal(column.choices)}", "not_a_choice")]
    return x, []


def _number(column: Column, how: Notation, x: str, v: str) -> tuple[str, list[str]]:
    words = (*how.numbers, "scientific") if how.plain == "number" else how.numbers
    plain = number_text(x, words)
    cases = [
        _when(f"{v} IS NULL AND {_not_finite(x)}", "not_finite"),
        _when(f"{v} IS NULL", "not_a_number"),
        _when(f"abs({v}) >= {_MOST[column.type]:.0f}", "too_large"),
        *_typed_faults(column, how, x, v, words),
        *_range(column, v),
    ]
    exact = column.type == "money" and not {"scientific", "percent"} & set(words)
    shares = divisor(words)
    parsed = f"try_cast({plain} AS {'DECIMAL(28, 10)' if exact else 'DOUBLE'})"
    return parsed + (f" / {shares}" if shares > 1 else ""), cases


def _not_finite(x: str) -> str:
    return rf"regexp_full_match({x}, '(?i)[+-]?(nan|inf|infinity|∞)')"


def _range(column: Column, v: str) -> list[str]:
    low = [] if column.low is None else [f"{v} < {column.low}"]
    high = [] if column.high is None else [f"{v} > {column.high}"]
    return [_when(" OR ".join(low + high), "out_of_range")] if low or high else []


def _typed_faults(column: Column, how: Notation, x: str, v: str, words: tuple[str, ...]) -> list[str]:
    if column.type == "int":
        return [_when(f"{v} <> round({v})", "not_whole")]
    if column.type != "money":
        return []
    if how.plain == "number":
        long = f"abs({v} - round({v}, 4)) > 1e-6"
    else:
        long = rf"regexp_matches({number_text(x, words)}, '\.\d{{4}}\d*[1-9]')"
    negative = [] if how.credits or column.name != "mrr" else [_when(f"{v} < 0", "negative_mrr")]
    return [_when(long, "too_many_decimals"), *negative]


def _flag(column: Column, how: Notation, x: str, v: str) -> tuple[str, list[str]]:
    word = f"lower({x})"
    parsed = f"CASE WHEN {word} IN {literal(_TRUE)} THEN TRUE WHEN {word} IN {literal(_FALSE)} THEN FALSE END"
    return parsed, [_when(f"{v} IS NULL", "not_a_flag")]


def _date(column: Column, how: Notation, x: str, v: str) -> tuple[str, list[str]]:
    parsed = date_value(x, how.formats)
    if how.plain:
        midnight = rf"regexp_replace({x}, '[T ]00:00(:00(\.0+)?)?$', '')"
        parsed = date_value(midnight, ())
    wrong = [_when(f"{v} IS NULL AND {moment(x, other)} IS NOT NULL", "day_month_swapped") for other in _others(how)]
    clock = rf"regexp_full_match({x}, '{ISO}{CLOCK}({OFFSET})?')"
    cases = [*wrong, _when(f"{v} IS NULL AND {clock}", "time_of_day"), *_no_moment(x, v, "date", how)]
    return parsed, [*cases, *_calendar(f"{v}", how)]


def _timestamp(column: Column, how: Notation, x: str, v: str) -> tuple[str, list[str]]:
    if how.plain == "timestamp":
        x = f"CASE WHEN regexp_full_match({x}, '{ISO}') THEN {x} || ' 00:00:00' ELSE {x} END"
    wrong = [_when(f"{v} IS NULL AND {moment(x, other)} IS NOT NULL", "day_month_swapped") for other in _others(how)]
    cases = [
        _when(f"{v} IS NULL AND {in_gap(x, how)}", "dst_gap"),
        *wrong,
        _when(f"{v} IS NULL AND regexp_full_match({x}, '{ISO}')", "no_time_of_day"),
        *_no_moment(x, v, "timestamp", how),
    ]
    return timestamp_value(x, how), [*cases, *_calendar(f"CAST({v} AS DATE)", how)]


def _no_moment(x: str, v: str, kind: str, how: Notation) -> list[str]:
    shape = f"regexp_matches({x}, '^{ISO}')" if not how.formats else "FALSE"
    return [_when(f"{v} IS NULL AND {shape}", f"impossible_{kind}"), _when(f"{v} IS NULL", f"not_a_{kind}")]


def _others(how: Notation) -> list[str]:
    return [other for pattern in how.formats if (other := swapped(pattern))]


def _calendar(day: str, how: Notation) -> list[str]:
    far = f"year({day}) < {FIRST_YEAR} OR year({day}) > {LAST_YEAR}"
    return [_when(f"{day} = {OPEN_END}", "open_end")] * how.ends + [_when(far, "date_out_of_range")]


def final(column: Column, v: str, rule: str) -> str:
    """SQL of the canonical value: NULL where a rule is broken."""
    kept = f"CASE WHEN {rule} IS NULL THEN {v} END"
    return f"CAST({kept} AS {SQL_TYPES[column.type]})"


_KINDS = {
    "key": _key, "text": _text, "int": _number, "number": _number, "money": _number, "share": _number,
    "flag": _flag, "date": _date, "timestamp": _timestamp,
}  # fmt: skip
