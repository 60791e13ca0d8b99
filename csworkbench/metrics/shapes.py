"""What frames promise: their columns, types and order of rows, written as a line of text each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from pandas.api.types import pandas_dtype

from ..errors import CsworkbenchError, UnknownName

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
        self._dtypes = {n: {c: pandas_dtype(t) for c, t in types.items()} for n, types in self.frames.items()}

    def shaped(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the columns, types and order that the frame of that name promises.

        UnknownName for a name that is no frame; KeyError for a column that is missing.
        """
        if name not in self.frames:
            raise UnknownName("frame", name, tuple(self.frames))
        typed = self._typed(name, frame)
        return (
            typed.sort_values(list(self.order[name]), kind="stable", ignore_index=True) if self.order[name] else typed
        )

    def _typed(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        wanted = self._dtypes[name]
        found = frame[list(wanted)]
        others = {c: type_ for (c, type_), has in zip(wanted.items(), found.dtypes, strict=True) if has != type_}
        # Not by astype of the whole frame, which takes it apart even where there is nothing to do.
        return found.assign(**{column: found[column].astype(type_) for column, type_ in others.items()})

    def empty(self, name: str) -> pd.DataFrame:
        """The frame of that name without rows."""
        return self.shaped(name, pd.DataFrame({column: [] for column in self.frames[name]}))

    def one_of(
        self, frames: Mapping[str, pd.DataFrame], name: str, absent: Mapping[str, tuple[str, ...]]
    ) -> pd.DataFrame:
        """The frame of that name; UnknownName, or CsworkbenchError that says what is missing for it.

        absent: frame that could not be made → the tables (or settings) it lacks.
        """
        if name not in self.frames:
            raise UnknownName("frame", name, tuple(self.frames))
        if name not in frames:
            raise CsworkbenchError(f'there is no frame "{name}": {", ".join(absent.get(name, ()))} is missing')
        return frames[name]

    def read(self, name: str, path: Path) -> pd.DataFrame:
        """A frame that was shaped before it was written as Parquet, in its order."""
        import pyarrow.parquet

        # Not by pandas, whose way looks for many files and takes threads for each column.
        with pyarrow.parquet.ParquetFile(path) as file:
            frame = file.read(use_threads=False).to_pandas()
        lists = {column: frame[column].map(list) for column, type_ in self.frames[name].items() if type_ == "object"}
        return self._typed(name, frame.assign(**lists))


class SavedFrames(Mapping[str, pd.DataFrame]):
    """Frames in a folder, each in a Parquet file of its name and read when it is first asked for."""

    def __init__(self, shapes: Shapes, place: Path, names: Sequence[str]) -> None:
        self._shapes, self._place, self._names = shapes, place, tuple(names)
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = self._shapes.read(name, self._place / f"{name}.parquet")
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _parsed(text: str) -> Mapping[str, str]:
    pairs = (word.partition(":") for word in text.split())
    return MappingProxyType({name: _TYPES[code or "t"] for name, _, code in pairs})
