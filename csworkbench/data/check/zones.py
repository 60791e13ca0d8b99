"""Times that say too little about where they were: hours that occur twice, and offsets on some rows only."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import Problem
from ..sql import identifier
from ..types import Notation
from ..types.times import has_offset, occurs_twice, without_offset
from .subject import Subject, grouped


def mixed_offsets(subject: Subject, how: Notation, column: str) -> Iterator[Problem]:
    """The times without an offset of a column in which others have one, while no zone is declared for them."""
    if how.plain or how.time_zone:
        return
    x = identifier(column)
    with_offset, bare = (f"({sql})" for sql in (has_offset(x, how), without_offset(x, how)))
    found = f"SELECT count_if({with_offset}), count_if({bare} IS NOT NULL) FROM {subject.mapped.relation}"
    n_with, n_without = subject.connection.execute(found).fetchone() or (0, 0)
    if n_with and n_without:
        source = subject.mapped.relation
        for file, count, _, sample in grouped(subject.connection, source, f"{bare} IS NOT NULL", {"value": x}):
            yield subject.problem("mixed_offsets", column, file, count, sample, n_with=f"{n_with:,}")


def hours_twice(subject: Subject, how: Notation, column: str) -> Iterator[str]:
    """A notice for each file with times in the hour that occurs twice when the clocks are set back."""
    zone = how.time_zone or how.reporting_zone
    if how.plain or zone == "UTC":
        return
    x = identifier(column)
    twice = occurs_twice(without_offset(x, how), zone)
    for file, count, _, sample in grouped(subject.connection, subject.mapped.relation, twice, {"value": x}):
        place = f'{file} column "{subject.label(column)}"'
        rows = ", ".join(f"{item['row']:,}" for item in sample[:5])
        yield (
            f"{place}: {count:,} times lie in the hour that occurs twice when clocks are set back in {zone} (row {rows}"
            f"{', …' if count > 5 else ''}); they are read as its second pass. Export times with an offset to be sure"
        )
