"""Lines of delimited text to records, strictly: a stray quote is a fault of its row, never a longer value."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

JOINED_LINES = 200
JOINED_TRIES = 20

Split = Callable[[str], list[str] | None]


class Record(NamedTuple):
    """One record. row: as a spreadsheet counts. fields: None when a quote is stray. lines: of the file it takes."""

    row: int
    fields: list[str] | None
    lines: int = 1

    @property
    def blank(self) -> bool:
        """Whether nothing but delimiters and blanks is in it."""
        return self.fields is not None and not any(field.strip() for field in self.fields)


def splitter(delimiter: str) -> Split:
    """Splits one record into fields; None when a quote opens a field and does not close it properly."""
    sign = re.escape(delimiter)
    field = re.compile(rf' *"([^"]*(?:""[^"]*)*)" *(?:({sign})|$)|([^{sign}]*)(?:({sign})|$)')

    def split(text: str) -> list[str] | None:
        if '"' not in text:
            return text.split(delimiter)
        fields, at, more = [], 0, True
        while more:
            match = field.match(text, at)
            if match is None or (match[1] is None and match[3].lstrip(" ").startswith('"')):
                return None
            fields.append(match[3] if match[1] is None else match[1].replace('""', '"'))
            at, more = match.end(), bool(match[2] or match[4])
        return fields

    return split


def records(lines: Iterator[str], split: Split, row: int) -> Iterator[Record]:
    """The records of the lines, the first of them numbered `row`; blank lines are records of one empty field."""
    ahead: deque[str] = deque()
    tries = JOINED_TRIES
    while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
        fields, taken = split(line), 0
        if fields is None and tries:
            fields, taken = _joined(line, ahead, lines, split)
            tries -= fields is None
            deque(islice(_drain(ahead), taken), maxlen=0)
        yield Record(row, fields, taken + 1)
        row += 1


def _joined(line: str, ahead: deque[str], lines: Iterator[str], split: Split) -> tuple[list[str] | None, int]:
    """The fields of a record whose quoted value runs over several lines, and how many lines more it takes."""
    ahead.extend(islice(lines, max(0, JOINED_LINES - len(ahead))))
    text = line
    for taken, more in enumerate(islice(ahead, JOINED_LINES), 1):
        text += "\n" + more
        if '"' in more and (fields := split(text)) is not None:
            return fields, taken
    return None, 0


def _drain(ahead: deque[str]) -> Iterator[str]:
    while ahead:
        yield ahead.popleft()
