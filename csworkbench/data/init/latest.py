"""How old the exports are, told by the latest day on which anything in them happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ... import schema
from ..sql import identifier
from ..types.dates import date_value
from .exports import Exports
from .guess import Feed, Pick

OLD = timedelta(days=92)


def day_of_old_exports(exports: Exports, feeds: Sequence[Feed], today: date) -> date | None:
    """The latest day of a fact, if it lies more than a quarter before today; None when it is later or not known."""
    days = [day for feed in feeds for day in _latest_days(exports, feed)]
    return max(days) if days and max(days) < today - OLD else None


def _latest_days(exports: Exports, feed: Feed) -> Iterator[date]:
    for name, pick in feed.picks.items():
        column = schema.table(feed.table).column(name)
        if column.type in ("date", "timestamp") and not column.ahead and pick.column in feed.export.columns:
            select = f"SELECT max({_day(pick)}) FROM {identifier(feed.export.relation)}"
            row = exports.connection.execute(select).fetchone()
            if row and row[0]:
                yield row[0]


def _day(pick: Pick) -> str:
    """SQL of the day; the first of two formats where the order of day and month is not known."""
    text = identifier(str(pick.column))
    written = pick.spec.get("format") or (pick.either[0] if pick.either else None)
    return date_value(text, (written,)) if written else f"try_cast(left({text}, 10) AS DATE)"
