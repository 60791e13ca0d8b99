"""Parquet files, batch by batch; page checksums are verified where the file has them."""

from __future__ import annotations

import hashlib

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..sql import identifier, literal
from .header import names_of
from .part import Found, Part, create_table
from .plain import kind_of_type, plain_sql

BATCH_ROWS = 100_000


def read_parquet(connection: duckdb.DuckDBPyConnection, target: str, found: Found) -> Part:
    """Fills the table `target` with the file's values as plain text."""
    digest = file_digest(found)
    try:
        with pq.ParquetFile(found.path, page_checksum_verification=True) as file:
            names, problems = names_of(found, file.schema_arrow.names, 1)
            create_table(connection, target, names)
            plain = _fill(connection, target, found, file, names)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        connection.execute(f"DROP TABLE IF EXISTS {identifier(target)}")
        said = f"is cut or damaged Parquet ({_first_line(error)})"
        remedy = "Export or copy the file again; what is there cannot be trusted."
        return Part(problems=(found.problem("corrupt_parquet", said, remedy),), digest=digest)
    return Part(names, tuple(problems), digest=digest, plain=plain)


def file_digest(found: Found) -> str:
    """The digest of the file's bytes."""
    with found.path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def _fill(
    connection: duckdb.DuckDBPyConnection, target: str, found: Found, file: pq.ParquetFile, names: tuple[str, ...]
) -> dict[str, str]:
    row, types = 2, dict.fromkeys(names, "VARCHAR")
    for batch in file.iter_batches(BATCH_ROWS):
        batch.validate(full=True)
        numbers = pa.array(np.arange(row, row + batch.num_rows))
        rows = pa.Table.from_arrays([*batch.columns, numbers], names=[*names, "_row"])
        row += batch.num_rows
        connection.register("_arrived", rows)
        try:
            described = connection.execute("DESCRIBE SELECT * FROM _arrived").fetchall()
            types = {name: type_ for name, type_, *_ in described if name != "_row"}
            picks = ", ".join(plain_sql(identifier(name), types[name]) for name in names)
            filled = f"SELECT {picks}, {literal(found.name)}, _row FROM _arrived"
            connection.execute(f"INSERT INTO {identifier(target)} {filled}")
        finally:
            connection.unregister("_arrived")
    return {name: kind for name, type_ in types.items() if (kind := kind_of_type(type_))}


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:120].rstrip(".")
