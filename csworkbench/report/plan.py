"""Which packs a run makes: templates × units × languages, with typed parameters and safe file names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ..errors import CsworkbenchError, Problem, Refusal, suggestion
from .filenames import file_names
from .ledger import STAND_IN
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


@dataclass(frozen=True)
class Scope:
    """What a run is over. units: parameter → the texts there are. offered: values for templates that declare them.

    given: parameter → text as typed by a person, passed to every template. unasked: kinds of templates that nobody
    named, so that what is wrong in one of them must not keep the others from being made.
    """

    quarter: str
    languages: Sequence[str]
    units: Mapping[str, Sequence[str]]
    offered: Mapping[str, Value] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    unasked: Collection[str] = ()


@dataclass(frozen=True)
class Plan:
    """packs: those to make. invalid: packs that stand for a template that cannot be used, with the reason."""

    packs: tuple[Pack, ...]
    invalid: tuple[tuple[Pack, str], ...] = ()


def plan_packs(templates: Sequence[Template], scope: Scope) -> Plan:
    """The packs, by template, unit and language; Refusal with every problem of every template and parameter.

    A template of `scope.unasked` that is wrong in itself, whatever was typed, gives an invalid pack instead.
    """
    refused: list[Problem] = []
    packs: list[Pack] = []
    invalid: list[tuple[Pack, str]] = []
    for template in templates:
        planned, typed, own = _planned(template, scope)
        if own and template.kind in scope.unasked:
            invalid.append((_stand_in(template, scope), " ".join(map(str, own))))
            own = []
        else:
            packs += planned
        refused += [*typed, *own]
    refused += _same_names(packs)
    if refused:
        raise Refusal(refused, "the run")
    return Plan(tuple(packs), tuple(invalid))


def refuse_mistyped(templates: Sequence[Template], scope: Scope) -> None:
    """Refusal of what no data can make right: templates asked for, names and types of parameters, languages.

    scope: its units need not be known yet.
    """
    refused = {problem for template in templates for problem in _mistyped(template, scope)}
    if refused:
        raise Refusal(sorted(refused), "the run")


def _mistyped(template: Template, scope: Scope) -> Iterator[Problem]:
    if template.problems:
        yield from () if template.kind in scope.unasked else template.problems
        return
    given, typed = _typed(template, scope.given)
    yield from typed
    languages = [{"lang": lang} for lang in scope.languages if "lang" in template.parameters]
    for language in languages or [{}]:
        wrong = problems_of(template.parameters, {**language, **given}, template.file, scope.units)
        yield from _chosen(wrong, scope)


def _chosen(problems: Iterable[Problem], scope: Scope) -> set[Problem]:
    """Those of what a person chose, not of the template itself."""
    return {problem for problem in problems if problem.column in scope.given or problem.rule == "unknown_unit"}


def _planned(template: Template, scope: Scope) -> tuple[list[Pack], list[Problem], list[Problem]]:
    """The packs of a template, what was typed wrongly, and what is wrong with the template itself."""
    if template.problems:
        return [], [], [*template.problems]
    given, typed = _typed(template, scope.given)
    packs = list(_packs(template, scope, given))
    wrong = _wrong_values(template, scope, packs)
    chosen = _chosen(wrong, scope)
    return packs, [*typed, *chosen], sorted(wrong - chosen)


def _stand_in(template: Template, scope: Scope) -> Pack:
    name = file_names([template.kind])[template.kind]
    return Pack(f"{name}-{scope.quarter}", template.kind, scope.quarter, scope.languages[0], unit_kind=STAND_IN)


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


def only(plan: Plan, pattern: str | None) -> Plan:
    """The packs whose name or unit matches a shell pattern; an error when none does."""
    if pattern is None:
        return plan
    chosen = tuple(pack for pack in plan.packs if _matches(pack, pattern))
    if not chosen:
        names = sorted({pack.name for pack in plan.packs})
        raise CsworkbenchError(f'no pack matches "{shown(pattern)}".{suggestion(pattern, names[:20])}')
    return Plan(chosen, tuple((pack, reason) for pack, reason in plan.invalid if _matches(pack, pattern)))


def _matches(pack: Pack, pattern: str) -> bool:
    names: list[Any] = [pack.name, pack.kind, pack.unit or ""]
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for name in names)
