"""A condition in the expression language, held against the rows of a frame."""

from __future__ import annotations

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


def _text(values: pd.Series) -> pd.Series:
    """Values as an export would write them."""
    if pd.api.types.is_float_dtype(values):
        plain = np.char.mod("%.15g", values.to_numpy(dtype=float))
        return pd.Series(plain, values.index, dtype="str").where(values.notna())
    return values.astype("str").where(values.notna())
