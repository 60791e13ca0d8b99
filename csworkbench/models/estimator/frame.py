"""What the columns of a frame are: numbers, flags, dates, spans or categories; doubtful ones are refused."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from ...errors import Problem
from .refusals import FrameRefusal, frame_problem

_NUMERAL = re.compile(r"\s*[-+(]?\s*[¥$€£]?\s*\d[\d,. _]*([eE][-+]?\d+)?\s*%?\)?\s*")
_DATE = re.compile(
    r"\s*(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日"
    r"|\d{1,2}([-/.])\d{1,2}\3\d{4}|\d{1,2}/\d{1,2}/\d{2})([ T].*)?"
)
_DAY = 86_400e6
LARGEST = 1e100

Kind = str
KINDS: tuple[Kind, ...] = ("number", "flag", "date", "span", "category", "empty")


def kinds_of(frame: pd.DataFrame) -> dict[str, Kind]:
    """The kind of every column; raises FrameRefusal with all columns that are doubtful.

    number: numbers up to 1e100. flag: true and false. date: with or without a time zone (read as UTC), periods by their
    start. span: durations. category: text, or anything declared as pandas' category. empty: no value at all.
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
        days = column.dt.to_timestamp() if isinstance(column.dtype, pd.PeriodDtype) else column
        stamps = pd.to_datetime(days, utc=True).dt.tz_localize(None).to_numpy("datetime64[us]")
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
    texts = np.array([*map(name_of, levels), None], dtype=object)
    return texts[codes]


def name_of(level: object) -> str:
    """A category as text. Whole numbers have no decimal point, for a gap elsewhere in a column turns 1 into 1.0."""
    return str(int(level)) if isinstance(level, float | np.floating) and level.is_integer() else str(level)


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
        ("date", lambda dtype: types.is_datetime64_any_dtype(dtype) or isinstance(dtype, pd.PeriodDtype)),
        ("span", types.is_timedelta64_dtype),
        ("number", lambda dtype: types.is_numeric_dtype(dtype) and not types.is_complex_dtype(dtype)),
    )
    if column.isna().all():
        return "empty"
    return next((kind for kind, test in tests if test(column.dtype)), None) or _kind_of_objects(column)


def _kind_of_objects(column: pd.Series) -> Kind:
    values = column.astype(object) if isinstance(column.dtype, pd.ArrowDtype) else column
    inferred = pd.api.types.infer_dtype(values, skipna=True)
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
    if kind == "category" and isinstance(column.dtype, pd.CategoricalDtype):
        return _alike(column)
    if kind == "category":
        return _written(column)
    if kind == "number":
        return _sizes(column)
    return []


def _mixed(column: pd.Series) -> Problem:
    types = sorted({type(value).__name__ for value in column.dropna()})
    if len(types) == 1:
        said = f"holds values of the type {types[0]}, which are neither numbers nor dates nor text"
        return frame_problem(column.name, "other_type", said, "Convert the column to one of these, or leave it out.")
    return frame_problem(
        column.name, "mixed_types", f"mixes {', '.join(types)}", "Convert it to one type: numbers, or text throughout."
    )


def _alike(column: pd.Series) -> list[Problem]:
    names = pd.Index([name_of(level) for level in column.cat.categories])
    if names.is_unique:
        return []
    twice = names[names.duplicated()][0]
    said, remedy = "is how two of its categories read", "Rename one of them, or make them one."
    return [frame_problem(column.name, "categories_alike", said, remedy, twice)]


WRITTEN = (
    ("text_dates", _DATE, "is a date written as text", "Convert the column with pandas.to_datetime"),
    ("text_numbers", _NUMERAL, "is a number written as text", "Convert the column to numbers"),
)


def _written(column: pd.Series) -> list[Problem]:
    levels = list(map(str, column.dropna().unique()))
    for rule, pattern, said, remedy in WRITTEN:
        found = [level for level in levels if pattern.fullmatch(level)]
        if found and 2 * len(found) >= len(levels):
            declare = f'{remedy}, or, if they are names, declare it: astype("category").'
            return [frame_problem(column.name, rule, said, declare, found[0])]
    try:
        "".join(levels).encode()
    except UnicodeEncodeError:
        said, remedy = "holds text that is no Unicode", "Read the file again with its own encoding."
        return [frame_problem(column.name, "no_unicode", said, remedy)]
    return []


def _sizes(column: pd.Series) -> list[Problem]:
    try:
        largest = np.nanmax(np.abs(numbers_of(column, "number")))
    except OverflowError:
        largest = sys.float_info.max
    if np.isinf(largest):
        return [frame_problem(column.name, "infinity", "holds an infinity", "Write unknown as a missing value.")]
    if largest > LARGEST:
        said = f"holds a number beyond {LARGEST:.0e}, which no measure is"
        return [frame_problem(column.name, "too_large", said, "Write unknown as a missing value.")]
    return []
