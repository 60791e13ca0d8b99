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


_SOME = 5_000
_RULES = {"not_a_date": _DATES, "not_a_timestamp": _TIMES, "not_a_number": _NUMBERS}


def advice(subject: Subject, column: Column, how: Notation, rule: str) -> str:
    """A closing sentence for the remedy: the formats that read every value, or that the column mixes them."""
    if rule not in _RULES or how.formats or how.numbers or how.plain:
        return ""
    x, relation = identifier(column.name), subject.mapped.relation
    plain = _reads(x, "", rule)
    odd = f"(SELECT {x} FROM {relation} WHERE {x} IS NOT NULL AND {plain} IS NULL"
    odd += f" ORDER BY hash({x}), {x} LIMIT {_SOME})"
    promising = _best(_fits(subject, x, odd, rule, _RULES[rule]))
    fits = _fits(subject, x, relation, rule, ("", *promising))
    total, n_plain = _total(subject, x), fits.pop("")
    every = _plainest([name for name in promising if fits[name] == total])
    if len(every) == 1:
        return f' All {total:,} values fit "{every[0]}".'
    if every:
        names = " and ".join(f'"{name}"' for name in every)
        return f" All {total:,} values fit {names}: only you know which holds."
    return _mixed(total, n_plain, fits)


def _best(fits: dict[str, int]) -> list[str]:
    """The four notations that read most, those of fewer words first."""
    ranked = sorted((-n, name.count(" + "), place, name) for place, (name, n) in enumerate(fits.items()) if n)
    return [name for *_, name in ranked[:4]]


def _plainest(names: list[str]) -> list[str]:
    """The notations of fewest words, without those that read the same as another one."""
    fewest = min((name.count(" + ") for name in names), default=0)
    found = [name for name in names if name.count(" + ") == fewest]
    return [name for name in found if name != "1 234,56" or "1.234,56" not in found]


def _mixed(total: int, plain: int, fits: dict[str, int]) -> str:
    best = sorted((-n, name) for name, n in fits.items() if n > plain)[:2]
    if not best:
        return ""
    parts = " and ".join(f'{-n:,} fit "{name}"' for n, name in best)
    return f" No single format fits: of {total:,} values {parts}; the column mixes them."


def _fits(subject: Subject, x: str, source: str, rule: str, names: tuple[str, ...]) -> dict[str, int]:
    """How many values of the source each notation reads; "" is the one that needs no declaration."""
    counts = ", ".join(f"count({_reads(x, name, rule)})" for name in names)
    row = subject.connection.execute(f"SELECT {counts} FROM {source}").fetchone() or ()
    return dict(zip(names, row, strict=True))


def _total(subject: Subject, x: str) -> int:
    row = subject.connection.execute(f"SELECT count({x}) FROM {subject.mapped.relation}").fetchone()
    return int(row[0]) if row else 0


def _reads(x: str, name: str, rule: str) -> str:
    if rule == "not_a_number":
        return number_text(x, name.split(" + ") if name else ())
    return moment(x, name or "iso")
