"""Writes tables part by part as CSV or Parquet; the same rows always give the same bytes."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import IO, Any, Literal, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from ..schema import TABLES, Type
from .arrays import Coded, Column, Rows

FileFormat = Literal["csv", "parquet"]
ARROW: dict[Type, pa.DataType] = {
    "key": pa.string(),
    "text": pa.string(),
    "int": pa.int64(),
    "number": pa.float64(),
    "money": pa.int64(),
    "share": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("s"),
    "flag": pa.bool_(),
}
GZIPPED = ("usage",)


class Writer:
    """One open file per table in a folder; a context manager."""

    def __init__(self, folder: Path, file_format: FileFormat) -> None:
        self._folder, self._format = folder, file_format
        self._open: dict[str, Any] = {}
        self._streams: list[IO[bytes]] = []
        self.rows: dict[str, int] = {}

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        for sink in [*self._open.values(), *reversed(self._streams)]:
            sink.close()

    def path(self, name: str) -> str:
        """File name of the table inside the folder."""
        if self._format == "parquet":
            return f"{name}.parquet"
        return f"{name}.csv.gz" if name in GZIPPED else f"{name}.csv"

    def write(self, name: str, rows: Rows) -> None:
        """Append rows to a table; one that never has any gets no file."""
        table = arrow_table(rows, _types(name))
        if not table.num_rows:
            return
        self.rows[name] = self.rows.get(name, 0) + table.num_rows
        if self._format == "parquet":
            self._sink(name, table.schema).write_table(table, row_group_size=500_000)
        else:
            options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
            pyarrow.csv.write_csv(table, self._sink(name, table.schema), options)

    def _sink(self, name: str, schema: pa.Schema) -> Any:
        if name not in self._open:
            target = self._folder / self.path(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if self._format == "parquet":
                self._open[name] = pyarrow.parquet.ParquetWriter(target, schema, compression="zstd")
            else:
                self._open[name] = self._text_file(target)
                self._open[name].write((",".join(schema.names) + "\n").encode())
        return self._open[name]

    def _text_file(self, target: Path) -> IO[bytes]:
        raw = target.open("wb")
        self._streams.append(raw)
        if target.suffix != ".gz":
            return raw
        return cast(IO[bytes], gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9))


def _types(name: str) -> dict[str, pa.DataType]:
    """Arrow types of a canonical table's columns; of the truth: by what the values are."""
    return {column.name: ARROW[column.type] for column in TABLES[name].columns} if name in TABLES else {}


def arrow_table(rows: Rows, types: dict[str, pa.DataType]) -> pa.Table:
    """The rows as an Arrow table in the given types."""
    return pa.table({name: _array(values, types.get(name)) for name, values in rows.items()})


def _array(values: Column, type_: pa.DataType | None) -> pa.Array:
    if isinstance(values, Coded):
        codes = pa.array(np.asarray(values.codes), mask=np.asarray(values.codes) < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(list(values.words), pa.string())).cast(pa.string())
    if isinstance(values, list):
        return pa.array(values, pa.string())
    if values.dtype.kind == "f":
        empty = np.isnan(values)
        exact = np.round(values.astype(np.float64), 6) + 0.0
        if type_ is None or type_ == pa.float64():
            return pa.array(exact, pa.float64(), mask=empty)
        return pa.array(np.where(empty, 0, exact).astype(np.int64), mask=empty).cast(type_)
    return pa.array(values) if type_ is None else pa.array(values).cast(type_)
