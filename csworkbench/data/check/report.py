"""What a check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from ...errors import Problem, Refusal
from ..snapshot import TableFacts


@dataclass(frozen=True)
class CheckReport:
    """problems: what refuses the load. tolerated: dirt that workspace.toml tolerates, counted. notices: worth knowing.

    facts: canonical table → TableFacts, as far as it could be loaded. Everything is sorted by file and row.
    """

    problems: tuple[Problem, ...]
    tolerated: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    facts: Mapping[str, TableFacts] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing refuses the load."""
        return not self.problems

    def raise_for_problems(self, what: str) -> None:
        """Raise errors.Refusal with all problems, if there are any."""
        if self.problems:
            raise Refusal(self.problems, what)

    def __str__(self) -> str:
        lines = [*map(str, self.problems)]
        lines += [f"tolerated: {problem}" for problem in self.tolerated]
        lines += [f"note: {notice}" for notice in self.notices]
        n = len(self.problems)
        lines.append("no problems" if self.ok else f"{n} problem{'s' if n != 1 else ''}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON-ready values; `rows` of a problem are its first 20 rows."""
        return {
            "ok": self.ok,
            "problems": [problem.as_dict() for problem in self.problems],
            "tolerated": [problem.as_dict() for problem in self.tolerated],
            "notices": list(self.notices),
            "tables": {name: _fact(fact) for name, fact in self.facts.items()},
        }

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def _fact(fact: TableFacts) -> dict[str, Any]:
    return {
        "rows": fact.rows,
        "columns": list(fact.mapped),
        "dropped": dict(fact.dropped),
        "tolerated": dict(fact.tolerated),
        "latest": fact.latest.isoformat() if fact.latest else None,
        "truly_as_of": fact.truly_as_of,
    }
