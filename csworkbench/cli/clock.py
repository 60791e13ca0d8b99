"""The clock; nothing else reads it."""

from __future__ import annotations

from datetime import date, datetime


def today() -> date:
    """The day of this machine."""
    return date.today()


def now() -> datetime:
    """The time of this machine, with its offset from UTC."""
    return datetime.now().astimezone()
