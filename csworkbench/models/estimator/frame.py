"""What the columns of a frame are: numbers, flags, dates, spans or categories; doubtful ones are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from ...errors import Problem
from .refusals import FrameRefusal, frame_problem

_NUMERAL = re.compile(r"\s*[-+(]?\s*[¥$€£]?\s*\d[\d,. _]*([eE][-+]?\d+)?\s*%?\)?\s*")
_DAY = 86_400e6

Kind = str
KINDS: tuple[Kind, ...] = ("number", "flag", "date", "span", "category", "empty")


def kinds_of(frame: pd.DataFrame) -> dict[str, Kind]:
    """The kind of every column; raises FrameRefusal with all columns that are doubtful.

    number: numbers without infinities. flag: true and false. date: with or without a time zone (read as UTC).
    span: durations. category: text, or anything declared as pandas' category. empty: no value at all.
    """
    _refuse(_doubled(frame))
    found = {str(name): _kind(frame[name]) for name in frame.columns}
    _refuse([problem for name in frame.columns for problem in _doubts(frame[name], found[str(name)])])
    return found


def numbers_of(column: pd.Series, kind: Kind) -> np.ndarray:
    """The column as floats, NaN where unknown; dates and spans in days, flags as 0 and 1."""
    if kind == "empty":
        return np.full(len(column), np.nan)
    if kind == "date":
        stamps = pd.to_datetime(column, utc=True).dt.tz_localize(None).to_numpy("datetime64[us]")
        return _days(stamps)
    if kind == "span":
        return _days(pd.to_timedelta(column).to_numpy("timedelta64[us]"))
    if column.dtype == object:
        column = column.map(float, na_action="ignore")
    return column.to_numpy(dtype=float, na_value=np.nan)


def _days(stamps: np.ndarray) -> np.ndarray:
    found = stamps.astype("int64") / _DAY
    return np.where(np.isnat(stamps), np.nan, found)


def labels_of(column: pd.Series) -> np.ndarray:
    """The categories as text, None where unknown."""
    codes, levels = pd.factorize(column)
    texts = np.array([*map(str, levels), None], dtype=object)
    return texts[codes]


def differing(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> list[Problem]:
    """What keeps a frame with the right columns from being read like the training frame."""
    now = kinds_of(frame)
    return [
        frame_problem(
            name,
            "other_kind",
            f"is a {now[name]} here, but was a {kind} when the model was fitted",
            "Convert it as it was then.",
        )
        for name, kind in kinds.items()
        if not _readable(now[name], kind)
    ]


def _readable(now: Kind, then: Kind) -> bool:
    return now == then or "empty" in (now, then) or {now, then} == {"number", "flag"}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise FrameRefusal(problems)


def _doubled(frame: pd.DataFrame) -> list[Problem]:
    names = frame.columns.map(str)
    return [
        frame_problem(name, "duplicate_column", "occurs more than once", "Keep one of them, or rename the others.")
        for name in names[names.duplicated()].unique()
    ]


def _kind(column: pd.Series) -> Kind:
    types = pd.api.types
    tests: tuple[tuple[Kind, Callable[[Any], bool]], ...] = (
        ("category", lambda dtype: isinstance(dtype, pd.CategoricalDtype)),
        ("flag", types.is_bool_dtype),
        ("date", types.is_datetime64_any_dtype),
        ("span", types.is_timedelta64_dtype),
        ("number", types.is_numeric_dtype),
    )
    if column.isna().all():
        return "empty"
    return next((kind for kind, test in tests if test(column.dtype)), None) or _kind_of_objects(column)


def _kind_of_objects(column: pd.Series) -> Kind:
    inferred = pd.api.types.infer_dtype(column, skipna=True)
    if inferred in ("string", "empty"):
        return "category"
    if inferred == "boolean":
        return "flag"
    if inferred in ("datetime64", "datetime", "date"):
        return "date"
    if inferred in ("timedelta64", "timedelta"):
        return "span"
    return "number" if column.dropna().map(_is_number).all() else "mixed"


def _is_number(value: object) -> bool:
    return isinstance(value, Number | Decimal) and not isinstance(value, bool | complex)


def _doubts(column: pd.Series, kind: Kind) -> list[Problem]:
    if kind == "mixed":
        return [_mixed(column)]
    if kind == "category" and not isinstance(column.dtype, pd.CategoricalDtype):
        return _numerals(column)
    if kind == "number":
        return _infinities(column)
    return []


def _mixed(column: pd.Series) -> Problem:
    types = sorted({type(value).__name__ for value in column.dropna()})
    return frame_problem(
        column.name, "mixed_types", f"mixes {', '.join(types)}", "Convert it to one type: numbers, or text throughout."
    )


def _numerals(column: pd.Series) -> list[Problem]:
    levels = column.dropna().astype(str).unique()
    numerals = [level for level in levels if _NUMERAL.fullmatch(level)]
    if 2 * len(numerals) < len(levels) or not numerals:
        return []
    return [
        frame_problem(
            column.name,
            "text_numbers",
            "is a number written as text",
            'Convert the column to numbers, or, if they are names, declare it: astype("category").',
            numerals[0],
        )
    ]


def _infinities(column: pd.Series) -> list[Problem]:
    if not np.isinf(numbers_of(column, "number")).any():
        return []
    return [frame_problem(column.name, "infinity", "holds an infinity", "Write unknown as a missing value.")]
