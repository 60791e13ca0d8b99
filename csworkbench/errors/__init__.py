"""What csworkbench refuses, and in which words: culprit, place, remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from .rules import RULES as RULES


class CsworkbenchError(Exception):
    """Base of every error that csworkbench raises on purpose; its text is meant for the user."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in one place of a workspace.

    rule: stable id of the class of fault, such as "not_a_date".
    file, row, column: where, as a spreadsheet shows it (row 1 is the header); row 0 means the whole file.
    value: the offending text, already masked where the column is personal.
    said: what is wrong, one sentence without a full stop. remedy: what to do, one sentence.
    count: how many rows have the same fault in the same column; `row` is the first of them.
    tolerated: declared tolerable in workspace.toml, so it is counted and does not refuse the load.
    rows: the first rows that have it, at most 20.
    """

    file: str
    row: int
    column: str
    rule: str
    said: str
    remedy: str
    value: str | None = None
    count: int = 1
    tolerated: bool = False
    rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += f" row {self.row:,}"
        if self.column:
            place += f' {"key" if self.file.endswith(".toml") else "column"} "{self.column}"'
        shown = "" if self.value is None else f'"{self.value}" '
        more = f" (and {self.count - 1:,} more row{'s' * (self.count > 2)})" if self.count > 1 else ""
        return f"{place}: {shown}{self.said}{more}. {self.remedy}"

    def as_dict(self) -> dict[str, object]:
        """The problem as JSON-ready names and values."""
        return asdict(self)


class Refusal(CsworkbenchError):
    """A load that was refused, with every problem that was found."""

    def __init__(self, problems: Iterable[Problem], what: str = "the workspace") -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        n = len(self.problems)
        head = f"{what} was refused: {n} problem{'s' if n != 1 else ''}"
        super().__init__("\n".join([head, *map(str, self.problems)]))


class SettingsError(Refusal):
    """workspace.toml is wrong; every wrong key is listed."""


class UnknownName(CsworkbenchError, KeyError):
    """A name that does not exist; the message says which ones do and which is near."""

    def __init__(self, kind: str, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f'there is no {kind} "{name}".{suggestion(name, known)}')

    def __str__(self) -> str:
        return str(self.args[0])


def suggestion(name: str, known: Iterable[str]) -> str:
    """A closing sentence that names the nearest known name, or all of them."""
    from difflib import get_close_matches

    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f' Did you mean "{near[0]}"?'
    return f" There is: {', '.join(names)}." if names else ""


def fault(
    rule: str,
    file: str,
    row: int,
    column: str,
    *,
    value: str | None = None,
    count: int = 1,
    tolerated: bool = False,
    rows: tuple[int, ...] = (),
    **names: object,
) -> Problem:
    """The problem of that rule, worded; names fill the blanks of its wording and are never read as a pattern."""
    said, remedy = (_filled(text, {"value": value, **names}) for text in RULES[rule])
    return Problem(file, row, column, rule, said, remedy, value, count, tolerated, rows)


def _filled(text: str, names: dict[str, object]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: str(names.get(match[1], match[0])), text)
