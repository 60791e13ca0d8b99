"""The types a parameter may have: JSON scalars, lists and objects, nothing that could run as code."""

from __future__ import annotations

import ast
import json
import math
import re
from dataclasses import dataclass
from typing import Any

Value = Any
SCALARS = ("str", "int", "float", "bool", "None")
_INT = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Type:
    """A parameter's type: a scalar, "list" or "dict" of types, "any of" types, or "one of" literal values."""

    name: str
    of: tuple[Any, ...] = ()

    def __str__(self) -> str:
        if self.name == "any of":
            return " | ".join(map(str, self.of))
        if self.name == "one of":
            return "one of " + ", ".join(map(repr, self.of))
        return f"{self.name}[{', '.join(map(str, self.of))}]" if self.of else self.name

    def accepts(self, value: Value) -> bool:
        """Whether the value has this type exactly: no tuple for a list, no bool for an int, no infinity."""
        if self.name == "any of":
            return any(kind.accepts(value) for kind in self.of)
        if self.name == "one of":
            return any(type(value) is type(choice) and value == choice for choice in self.of)
        if self.name == "list":
            return type(value) is list and all(map(self.of[0].accepts, value))
        if self.name == "dict":
            return type(value) is dict and all(map(STR.accepts, value)) and all(map(self.of[1].accepts, value.values()))
        return _is_scalar(self.name, value)

    def from_text(self, text: str) -> Value:
        """The value that a person typed; text stays text (`00123`). ValueError when it is not of this type."""
        if self.name == "any of":
            return _first_read(self.of, text)
        if self.name == "one of":
            return _first_read(tuple(dict.fromkeys(Type(type(choice).__name__) for choice in self.of)), text)
        if self.name in ("list", "dict"):
            return json.loads(text, parse_constant=_refuse)
        return _scalar_from_text(self.name, text)


STR = Type("str")
ANY_SCALAR = Type("any of", tuple(map(Type, SCALARS)))


def _is_scalar(name: str, value: Value) -> bool:
    if name == "None":
        return value is None
    if name == "float":
        return type(value) in (int, float) and math.isfinite(value)
    if name == "str":
        return type(value) is str and not any("\ud800" <= character <= "\udfff" for character in value)
    return type(value).__name__ == name


def _first_read(types: tuple[Type, ...], text: str) -> Value:
    for kind in sorted(types, key=lambda kind: kind.name == "str"):
        try:
            return kind.from_text(text)
        except ValueError:
            continue
    raise ValueError(text)


def _scalar_from_text(name: str, text: str) -> Value:
    if name == "str":
        return text
    if name == "int" and _INT.fullmatch(text):
        return int(text)
    if name == "float" and _FLOAT.fullmatch(text):
        return float(text)
    words = _WORDS.get(name, {})
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


_WORDS: dict[str, dict[str, Value]] = {"bool": {"true": True, "false": False}, "None": {"none": None}}


def _refuse(word: str) -> Value:
    raise ValueError(f"{word} is not JSON")


def parse_type(node: ast.expr) -> Type | None:
    """The type an annotation means, or None when it is not one of those a parameter may have."""
    if isinstance(node, ast.Constant):
        return _from_constant(node.value)
    if isinstance(node, ast.Name):
        return _bare(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _with("any of", [parse_type(node.left), parse_type(node.right)])
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _generic(node.value.id, inner)
    return None


def _from_constant(value: object) -> Type | None:
    if value is None:
        return Type("None")
    try:
        return parse_type(ast.parse(str(value), mode="eval").body) if isinstance(value, str) else None
    except SyntaxError:
        return None


def _bare(name: str) -> Type | None:
    if name in SCALARS:
        return Type(name)
    return {"list": Type("list", (ANY_SCALAR,)), "dict": Type("dict", (STR, ANY_SCALAR))}.get(name)


def _generic(name: str, inner: list[ast.expr]) -> Type | None:
    if name == "Literal" and all(isinstance(item, ast.Constant) for item in inner):
        return Type("one of", tuple(item.value for item in inner if isinstance(item, ast.Constant)))
    types = [parse_type(item) for item in inner]
    if name == "Optional":
        return _with("any of", [*types, Type("None")])
    if (name == "list" and len(types) == 1) or (name == "dict" and len(types) == 2 and types[0] == STR):
        return _with(name, types)
    return None


def _with(name: str, types: list[Type | None]) -> Type | None:
    return None if None in types else Type(name, tuple(types))


def type_of(value: Value) -> Type | None:
    """The type of a default that has no annotation; None where it does not tell enough."""
    if type(value) in (list, dict):
        return _bare(type(value).__name__)
    return Type(type(value).__name__) if type(value).__name__ in SCALARS else None
