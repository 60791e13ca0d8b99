"""What frames promise: their columns, types and order of rows, written as a line of text each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from ..errors import UnknownName

_TYPES = {"t": "str", "d": "datetime64[us]", "n": "int64", "f": "float64", "b": "bool", "b?": "boolean", "l": "object"}


class Shapes:
    """The shapes of some frames.

    columns: frame → its columns, each with a letter for its type: name (text), name:d (day), name:n (whole number),
    name:f (number), name:b (flag), name:b? (flag that may be missing), name:l (list). order: frame → the columns by
    which its rows are sorted; none keeps them as they come.
    """

    def __init__(self, columns: Mapping[str, str], order: Mapping[str, tuple[str, ...]]) -> None:
        self.frames: Mapping[str, Mapping[str, str]] = MappingProxyType({n: _parsed(t) for n, t in columns.items()})
        self.order = MappingProxyType(dict(order))

    def shaped(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the columns, types and order that the frame of that name promises.

        UnknownName for a name that is no frame; KeyError for a column that is missing.
        """
        if name not in self.frames:
            raise UnknownName("frame", name, tuple(self.frames))
        typed = frame[list(self.frames[name])].astype(dict(self.frames[name]))
        return (
            typed.sort_values(list(self.order[name]), kind="stable", ignore_index=True) if self.order[name] else typed
        )

    def empty(self, name: str) -> pd.DataFrame:
        """The frame of that name without rows."""
        return self.shaped(name, pd.DataFrame({column: [] for column in self.frames[name]}))


def _parsed(text: str) -> Mapping[str, str]:
    pairs = (word.partition(":") for word in text.split())
    return MappingProxyType({name: _TYPES[code or "t"] for name, _, code in pairs})
