"""A condition in the expression language, held against the rows of a frame."""

from __future__ import annotations

import ast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..engine import DuckDB
from .compile import compile_expression
from .value import SEPARATOR, ExpressionError


def matching(frame: pd.DataFrame, condition: str) -> NDArray[np.bool_]:
    """Which rows of the frame fulfil the condition; a row for which it is blank does not.

    Raises ExpressionError for a condition that cannot be read, or that meets a value it cannot be held against.
    """
    compiled = compile_expression(condition, tuple(map(str, frame.columns)))
    if compiled.kind != "bool":
        raise ExpressionError("is no condition", 'Write one such as industry == "Retail".')
    _refuse_numbers_as_text(frame, condition)
    texts = {name: _text(frame[name]) for name in compiled.columns}
    connection = DuckDB().connection
    connection.register("given", pd.DataFrame({**texts, " place": np.arange(len(frame))}))
    fault = compiled.fault or "NULL"
    select = f'SELECT ({compiled.sql}) AS yes, CAST({fault} AS VARCHAR) AS fault FROM given ORDER BY " place"'
    found = connection.execute(select).df()
    for fault in found["fault"].dropna():
        rule, column, value = str(fault).split(SEPARATOR)
        raise ExpressionError(f'meets "{value}" in {column} ({rule})', "Correct the condition.")
    return found["yes"].fillna(False).to_numpy(dtype=bool)


def _refuse_numbers_as_text(frame: pd.DataFrame, condition: str) -> None:
    """A number held against words in quotes would be compared letter by letter."""
    compared = [node for node in ast.walk(ast.parse(condition, mode="eval")) if isinstance(node, ast.Compare)]
    for sides in ((node.left, *node.comparators) for node in compared):
        words = [side.value for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, str)]
        names = [side.id for side in sides if isinstance(side, ast.Name) and side.id in frame]
        numbers = [name for name in names if pd.api.types.is_numeric_dtype(frame[name])]
        if words and numbers:
            said = f'holds the number {numbers[0]} against the text "{words[0]}"'
            raise ExpressionError(said, f"Write it without quotes, such as {numbers[0]} > 50.")


def _text(values: pd.Series) -> pd.Series:
    """Values as an export would write them."""
    if pd.api.types.is_float_dtype(values):
        plain = np.char.mod("%.15g", values.to_numpy(dtype=float))
        return pd.Series(plain, values.index, dtype="str").where(values.notna())
    return values.astype("str").where(values.notna())
