"""Exports as they are: files and databases become DuckDB tables of text, or problems with a place and a remedy."""

from .raw import Raw, SourceFile, read_raw

__all__ = ["Raw", "SourceFile", "read_raw"]
