"""The parameters of a template: read from its `parameters` cell, and held against what a run passes."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ..errors import Problem, suggestion
from .typed import Type, Value, parse_type, type_of

TAG = "parameters"


@dataclass(frozen=True)
class Parameter:
    """One declared parameter. required: it has no default. help: the comment on its line."""

    name: str
    type: Type
    required: bool = True
    default: Value = None
    help: str = ""


@dataclass(frozen=True)
class Declared:
    """What a `parameters` cell declares: the parameters by name, and everything wrong with the cell."""

    parameters: Mapping[str, Parameter]
    problems: tuple[Problem, ...] = ()


def read_parameters(source: str, file: str = "template") -> Declared:
    """The parameters declared in the source of a `parameters` cell.

    The cell holds only `name: type = default  # help` lines; without a default a parameter is required. Without an
    annotation the default tells the type. Nothing of the cell is executed.
    """
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        return Declared({}, (_problem(file, line, "", "not_python", "the parameters cell is not valid Python"),))
    helps = _comments(source)
    found: dict[str, Parameter] = {}
    problems: list[Problem] = []
    for statement in statements:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        read = _parameter(statement, file, helps.get(statement.end_lineno or 0, ""))
        if isinstance(read, Parameter) and read.name in found:
            read = _problem(file, statement.lineno, read.name, "declared_twice", "is declared twice")
        if isinstance(read, Problem):
            problems.append(read)
        else:
            found[read.name] = read
    return Declared(found, tuple(problems))


def _parameter(statement: ast.stmt, file: str, help_: str) -> Parameter | Problem:
    name, annotation = _target(statement)
    if not name:
        said = "only `name: type = default` may stand in the parameters cell"
        return _problem(file, statement.lineno, "", "not_a_parameter", said)
    value = getattr(statement, "value", None)
    try:
        default = None if value is None else ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError):
        return _problem(file, statement.lineno, name, "default_not_literal", "has a default that is not a plain value")
    type_ = parse_type(annotation) if annotation else type_of(default)
    if type_ is None or (annotation is None and default is None):
        said = "needs a type out of str, int, float, bool, list[…], dict[str, …], Literal[…], X | None"
        return _problem(file, statement.lineno, name, "no_type", said)
    if value is not None and not type_.accepts(default):
        return _problem(file, statement.lineno, name, "default_of_wrong_type", f"has a default that is not {type_}")
    return Parameter(name, type_, value is None, default, help_)


def _target(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, statement.annotation
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        return (target.id if isinstance(target, ast.Name) else ""), None
    return "", None


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT}


def problems_of(
    declared: Mapping[str, Parameter],
    given: Mapping[str, Value],
    file: str,
    choices: Mapping[str, Collection[str]] | None = None,
) -> Iterator[Problem]:
    """Everything wrong with the values given to a template's parameters; nothing when they may be passed.

    choices: parameter → the texts that exist, such as the segments of the company.
    """
    for name, value in given.items():
        if not name.isidentifier() or name not in declared:
            yield _unknown(file, name, declared)
        elif not declared[name].type.accepts(value):
            said = f"is not {declared[name].type}, the type that the template declares"
            yield _problem(file, 0, name, "wrong_type", said, shown(value))
        elif choices and name in choices and value is not None and value not in choices[name]:
            remedy = suggestion(str(value), choices[name]).strip()
            yield Problem(file, 0, name, "unknown_unit", f"is not a known {name}", remedy, shown(value))
    for name, parameter in declared.items():
        if parameter.required and name not in given:
            remedy = f"Give it with --param {name}=VALUE, or a default in the template."
            yield Problem(file, 0, name, "missing_parameter", "is required and has no value", remedy)


def shown(value: Value, longest: int = 60) -> str:
    """The value, cut to a length that fits a message."""
    text = str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _unknown(file: str, name: str, declared: Collection[str]) -> Problem:
    remedy = suggestion(name, declared).strip() or "The template declares no parameter."
    return Problem(file, 0, shown(name), "unknown_parameter", "is not a parameter of this template", remedy)


def _problem(file: str, line: int, name: str, rule: str, said: str, value: str | None = None) -> Problem:
    return Problem(file, line, name, rule, said, "Correct the value or the parameters cell of the template.", value)
