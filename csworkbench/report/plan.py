"""Which packs a run makes: templates × units × languages, with typed parameters and safe file names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ..errors import CsworkbenchError, Problem, Refusal, suggestion
from .filenames import file_names
from .parameters import problems_of, shown
from .templates import Template
from .typed import Value


@dataclass(frozen=True)
class Pack:
    """One HTML file to make. name: its file name without ending. unit: text of the data, None for the company."""

    name: str
    kind: str
    quarter: str
    lang: str
    unit: str | None = None
    unit_kind: str | None = None
    template: Template = field(repr=False, default=Template("", "", {}))
    parameters: Mapping[str, Value] = field(default_factory=dict, repr=False)

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes it the same pack in another run."""
        return (self.kind, self.quarter, self.lang, self.unit or "", self.unit_kind or "")


@dataclass(frozen=True)
class Scope:
    """What a run is over. units: parameter → the texts there are. offered: values for templates that declare them.

    given: parameter → text as typed by a person, passed to every template.
    """

    quarter: str
    languages: Sequence[str]
    units: Mapping[str, Sequence[str]]
    offered: Mapping[str, Value] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)


def plan_packs(templates: Sequence[Template], scope: Scope) -> tuple[Pack, ...]:
    """The packs, by template, unit and language; Refusal with every problem of every template and parameter."""
    problems = [problem for template in templates for problem in template.problems]
    packs: list[Pack] = []
    for template in templates:
        if not template.problems:
            given, wrong = _typed(template, scope.given)
            planned = list(_packs(template, scope, given))
            packs += planned
            problems += [*wrong, *_wrong_values(template, scope, planned)]
    problems += _same_names(packs)
    if problems:
        raise Refusal(problems, "the run")
    return tuple(packs)


def _packs(template: Template, scope: Scope, given: Mapping[str, Value]) -> Iterator[Pack]:
    kind = template.unit_kind
    units: Sequence[str | None] = [None] if kind is None else list(scope.units.get(kind, ()))
    if kind is not None and kind in given:
        units = [given[kind]]
    names = file_names(unit for unit in units if isinstance(unit, str))
    for unit in units:
        part = f"{names[unit]}-" if isinstance(unit, str) else ""
        for lang in scope.languages if "lang" in template.parameters else scope.languages[:1]:
            values = {**scope.offered, "quarter": scope.quarter, "lang": lang}
            own = {name: value for name, value in values.items() if name in template.parameters}
            if kind is not None:
                own[kind] = unit
            name = f"{template.kind}-{part}{scope.quarter}-{lang}"
            yield Pack(name, template.kind, scope.quarter, lang, unit, kind, template, {**own, **given})


def _typed(template: Template, given: Mapping[str, str]) -> tuple[dict[str, Value], list[Problem]]:
    """Typed values of what a person typed; a name that the template does not declare stays text and is refused."""
    values: dict[str, Value] = {}
    wrong: list[Problem] = []
    for name, text in given.items():
        try:
            values[name] = template.parameters[name].type.from_text(text) if name in template.parameters else text
        except (ValueError, RecursionError):
            said = f"is not {template.parameters[name].type}, the type that the template declares"
            wrong.append(Problem(template.file, 0, name, "wrong_type", said, "Correct the value.", shown(text)))
    return values, wrong


def _wrong_values(template: Template, scope: Scope, packs: Iterable[Pack]) -> set[Problem]:
    choices = {kind: set(units) for kind, units in scope.units.items()}
    return {
        problem
        for pack in packs
        for problem in problems_of(template.parameters, pack.parameters, template.file, choices)
    }


def _same_names(packs: Sequence[Pack]) -> list[Problem]:
    counted = Counter(pack.name.casefold() for pack in packs)
    said, remedy = "is the file name of two packs", "Rename one of the templates."
    return [Problem(f"{name}.html", 0, "", "same_name", said, remedy) for name, n in counted.items() if n > 1]


def only(packs: Sequence[Pack], pattern: str | None) -> tuple[Pack, ...]:
    """The packs whose name or unit matches a shell pattern; an error when none does."""
    if pattern is None:
        return tuple(packs)
    chosen = tuple(pack for pack in packs if _matches(pack, pattern))
    if not chosen:
        names = sorted({pack.name for pack in packs})
        raise CsworkbenchError(f'no pack matches "{shown(pattern)}".{suggestion(pattern, names[:20])}')
    return chosen


def _matches(pack: Pack, pattern: str) -> bool:
    names: list[Any] = [pack.name, pack.kind, pack.unit or ""]
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for name in names)
