"""Results as pandas: the same dtypes whichever engine ran the query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

_INTS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_FLOATS = ("HUGEINT", "UHUGEINT", "DECIMAL", "DOUBLE", "FLOAT")


def typed(values: pd.Series, kind: str) -> pd.Series:
    """The values with the dtype that DuckDB's type `kind` has in every frame.

    Text str; dates and timestamps datetime64[us]; decimals, doubles and sums of whole numbers float64; whole numbers
    int64 and flags bool, or Int64 and boolean where a value is missing.
    """
    base = kind.split("(")[0]
    if base in _INTS:
        return values.astype("Int64" if values.hasnans else "int64")
    if base in _FLOATS:
        return values.astype("float64")
    if base == "VARCHAR":
        return values.astype("str")
    if base in ("DATE", "TIMESTAMP"):
        return pd.to_datetime(values).astype("datetime64[us]")
    if base == "BOOLEAN":
        return values.astype("boolean" if values.hasnans else "bool")
    return values


def frame_of_rows(rows: Sequence[Sequence[Any]], columns: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """A frame from fetched rows; columns: (name, DuckDB type) in order."""
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    series = [
        typed(pd.Series(list(values), dtype="object"), kind) for values, (_, kind) in zip(cells, columns, strict=True)
    ]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame()
    frame.columns = pd.Index([name for name, _ in columns], dtype="str")
    return frame
