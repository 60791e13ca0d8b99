"""Which declaration would read a column that does not read as declared."""

from __future__ import annotations

from ...schema import Column
from ..sql import identifier
from ..types import Notation
from ..types.dates import moment
from ..types.numbers import number_text
from .subject import Subject

_DATES = (
    "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日",
    "%d %b %Y", "%b %d, %Y", "wareki", "excel",
)  # fmt: skip
_TIMES = tuple(
    f"{day} {clock}"
    for day in ("%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y-%m-%d")
    for clock in ("%H:%M", "%H:%M:%S", "%I:%M %p")
)
_NUMBERS = (
    "1,234.56", "1.234,56", "1 234,56", "1'234.56", "scientific", "fullwidth", "yen", "dollar", "euro", "pound",
    "accounting", "percent", "1,234.56 + yen", "1,234.56 + dollar", "1,234.56 + pound", "1.234,56 + euro",
    "1,234.56 + accounting", "1,234.56 + fullwidth", "1,234.56 + accounting + yen",
)  # fmt: skip


def advice(subject: Subject, column: Column, how: Notation, rule: str) -> str:
    """A closing sentence for the remedy: the formats that read every value, or that the column mixes them."""
    if rule not in ("not_a_date", "not_a_timestamp", "not_a_number") or how.formats or how.numbers or how.plain:
        return ""
    candidates = {"not_a_date": _DATES, "not_a_timestamp": _TIMES, "not_a_number": _NUMBERS}[rule]
    total, plain, fits = _fits(subject, column.name, rule, candidates)
    every = [name for name in candidates if fits[name] == total]
    if len(every) == 1 or (every and rule == "not_a_number"):
        return f' All {total:,} values fit "{every[0]}".'
    if every:
        names = " and ".join(f'"{name}"' for name in every)
        return f" All {total:,} values fit {names}: only you know which holds."
    return _mixed(total, plain, fits)


def _mixed(total: int, plain: int, fits: dict[str, int]) -> str:
    best = sorted((-n, name) for name, n in fits.items() if n > plain)[:2]
    if not best:
        return ""
    parts = " and ".join(f'{-n:,} fit "{name}"' for n, name in best)
    return f" No single format fits: of {total:,} values {parts}; the column mixes them."


def _fits(subject: Subject, column: str, rule: str, candidates: tuple[str, ...]) -> tuple[int, int, dict[str, int]]:
    x = identifier(column)
    reads = [_reads(x, name, rule) for name in candidates]
    plain = number_text(x, ()) if rule == "not_a_number" else moment(x, "iso")
    counts = ", ".join(f"count({sql})" for sql in [x, plain, *reads])
    row = subject.connection.execute(f"SELECT {counts} FROM {subject.mapped.relation}").fetchone() or ()
    return row[0], row[1], dict(zip(candidates, row[2:], strict=True))


def _reads(x: str, name: str, rule: str) -> str:
    return number_text(x, name.split(" + ")) if rule == "not_a_number" else moment(x, name)
