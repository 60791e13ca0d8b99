"""SQL text: typed literals, parameters and the files that metrics keep beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from ..errors import CsworkbenchError

Value = str | int | float | bool | date | datetime | None | Sequence[str] | Sequence[date]

_NO_CLAUSE = re.compile(r"--[^\n]*|'[^']*'|\"[^\"]*\"")
_PARENTHESISED = re.compile(r"\([^()]*\)")
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")


def literal(value: Value) -> str:
    """The value as a portable SQL literal; a sequence becomes a parenthesised list for IN."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return f"CAST({value!r} AS DOUBLE PRECISION)"
        case datetime():
            return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S}'"
        case date():
            return f"DATE '{value:%Y-%m-%d}'"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case Sequence() if value:
            return f"({', '.join(literal(item) for item in value)})"
    raise CsworkbenchError(f"{value!r} cannot be a parameter of a query; use text, a number, a date or a list of them")


def identifier(name: str) -> str:
    """The name quoted as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def bind(text: str, parameters: Mapping[str, Value]) -> str:
    """The text with every `$name` replaced by its literal; an unknown or unused name is an error."""
    wanted = set(_PARAMETER.findall(text))
    if wanted != set(parameters):
        raise CsworkbenchError(f"query parameters: wanted {sorted(wanted)}, given {sorted(parameters)}")
    return _PARAMETER.sub(lambda match: literal(parameters[match[1]]), text)


@cache
def sql_file(package: str, name: str) -> str:
    """The text of `name`.sql beside a metric, without its comments."""
    text = files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--")).strip()


def orders_rows(text: str) -> bool:
    """Whether the query itself says in which order its rows come: by an ORDER BY that stands in no parentheses."""
    bare = _NO_CLAUSE.sub(" ", text)
    while (outer := _PARENTHESISED.sub(" ", bare)) != bare:
        bare = outer
    return _ORDER.search(bare) is not None


def mentions(text: str, name: str) -> bool:
    """Whether the query text names that table."""
    return name in text and re.search(rf"\b{re.escape(name)}\b", text) is not None
