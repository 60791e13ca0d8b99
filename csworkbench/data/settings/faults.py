"""What is wrong with workspace.toml: the key as it is written there, what is wrong, and the near name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from ...errors import Problem, fault, suggestion
from ...schema import TABLES
from ..colour import COLOUR, MARKS, PAPER, contrast, readable

if TYPE_CHECKING:
    from . import Settings

FILE = "workspace.toml"
_KINDS = {
    "string_type": "text in quotes",
    "dict_type": "a table { … }",
    "mapping_type": "a table { … }",
    "model_type": "a table { … }",
    "tuple_type": "a list [ … ]",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
}
_BOUNDS = {
    "greater_than": "above {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


def faults_of(errors: Iterable[Any], raw: Mapping[str, Any], model: type[BaseModel]) -> list[Problem]:
    """One problem per wrong key; the branches of "text or table" that did not apply are left out."""
    grouped: dict[tuple[str | int, ...], list[Any]] = {}
    for error in errors:
        grouped.setdefault(_place(error, raw), []).append(error)
    inner = [place for place in grouped if not any(_inside(other, place) for other in grouped)]
    return [_fault(place, grouped[place], model) for place in inner]


def _inside(other: tuple[str | int, ...], place: tuple[str | int, ...]) -> bool:
    return len(other) > len(place) and other[: len(place)] == place


def _place(error: Any, raw: Any) -> tuple[str | int, ...]:
    """The path of keys in the file: what pydantic adds to tell the branches of a union is not in the file."""
    place: list[str | int] = []
    for part in error["loc"]:
        if _has(raw, part):
            raw = raw[part]
            place.append(part)
    return tuple([*place, error["loc"][-1]] if error["type"] == "missing" else place)


def _has(raw: Any, part: str | int) -> bool:
    if isinstance(raw, list):
        return isinstance(part, int) and part < len(raw)
    return isinstance(raw, Mapping) and part in raw


def _fault(place: tuple[str | int, ...], errors: list[Any], model: type[BaseModel]) -> Problem:
    name, error = ".".join(map(str, place)), errors[0]
    if error["type"] == "extra_forbidden":
        return unknown(name, str(place[-1]), siblings(place, model))
    if error["type"] == "missing":
        return Problem(FILE, 0, name, "missing_key", "is needed, but not there", "Add this key.")
    if error["type"] == "literal_error":
        return _not_a_choice(name, error)
    if error["type"] in _BOUNDS:
        said = f"is {error['input']}, but must be {_BOUNDS[error['type']].format(**error['ctx'])}"
        return Problem(FILE, 0, name, "bad_setting", said, "Correct this key.")
    if error["type"] == "string_pattern_mismatch":
        said = f'is "{error["input"]}", which is no currency code'
        return Problem(FILE, 0, name, "bad_setting", said, 'Write three capitals, such as "USD".')
    kinds = [*dict.fromkeys(_KINDS[e["type"]] for e in errors if e["type"] in _KINDS)]
    if kinds:
        return Problem(FILE, 0, name, "bad_setting", f"must be {' or '.join(kinds)}", "Correct this key.")
    said = str(error["msg"])
    return Problem(FILE, 0, name, "bad_setting", said[:1].lower() + said[1:], "Correct this key.")


def _not_a_choice(name: str, error: Any) -> Problem:
    choices = re.findall(r"'([^']*)'", str(error["ctx"]["expected"]))
    said = f'is "{error["input"]}", which is not one of {", ".join(choices)}'
    return Problem(FILE, 0, name, "bad_setting", said, suggestion(str(error["input"]), choices).strip())


def unknown(place: str, name: str, known: Iterable[str]) -> Problem:
    """A key that does not exist."""
    return Problem(FILE, 0, place, "unknown_key", "is not a known name", suggestion(name, known).strip())


def siblings(place: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    """The keys that are known at the place of an unknown one."""
    here: Any = model
    for part in place[:-1]:
        fields = getattr(here, "model_fields", {})
        field = next((f for name, f in fields.items() if part in (name, f.alias)), None)
        here = _model_in(field.annotation) if field else here
    return [field.alias or name for name, field in getattr(here, "model_fields", {}).items()]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = [_model_in(arg) for arg in get_args(annotation)]
    return next((model for model in reversed(inner) if model is not None), None)


def meaning_faults(settings: Settings) -> Iterator[Problem]:
    """What is well-formed but means nothing."""
    columns = [column.name for column in TABLES["accounts"].columns if column.type in ("key", "text", "int", "flag")]
    for place, name in (("segments.column", settings.segments.column), ("adoption.peers", settings.adoption.peers)):
        if name not in columns:
            said = f'is "{name}", which is no column of accounts that can split the book'
            yield Problem(FILE, 0, place, "unknown_column", said, suggestion(name, columns).strip())
    for name, mapping in settings.tables.items():
        if mapping.left is not None and name != "accounts":
            remedy = "Move it to [tables.accounts]."
            yield Problem(FILE, 0, f"tables.{name}.left", "misplaced_key", "is known for accounts only", remedy)
    for language in settings.company.languages:
        if not _LANGUAGE.fullmatch(language):
            said = f'is "{language}", which is no language code'
            yield Problem(FILE, 0, "company.languages", "unknown_language", said, "Write en, ja or the like.")
    if (day := settings.company.exported_on) is not None and not _is_day(day):
        yield fault("bad_day", FILE, 0, "company.exported_on", value=day)
    yield from _colour_faults(settings.brand.accent)
    if settings.engine.kind != "duckdb" and not settings.engine.url_env:
        remedy = "Name the environment variable that holds the database's URL."
        yield Problem(FILE, 0, "engine.url_env", "missing_key", "is needed for a database", remedy)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _colour_faults(accent: str | None) -> Iterator[Problem]:
    """Why the accent cannot be seen on paper; on dark paper a lighter shade of it is used."""
    if accent is None:
        return
    if not COLOUR.fullmatch(accent):
        said, remedy = f'is "{accent}", which is no colour', 'Write six hexadecimal digits, such as "#1b5a98".'
        yield Problem(FILE, 0, "brand.accent", "bad_colour", said, remedy)
    elif contrast(accent, PAPER) < MARKS:
        said = f"is {accent}, whose contrast with white is {contrast(accent, PAPER):.2f}, below {MARKS}"
        remedy = f'The nearest colour that can be read is "{readable(accent, PAPER, MARKS)}".'
        yield Problem(FILE, 0, "brand.accent", "bad_colour", said, remedy)
