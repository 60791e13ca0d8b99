"""Where queries run. DuckDB is embedded; another engine runs the same text, transpiled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pandas as pd

from .duck import DuckDB
from .postgres import Postgres
from .remote import Kind, Remote, Tables
from .spark import Spark

__all__ = ["DATABASES", "DuckDB", "Engine", "Kind", "Postgres", "Remote", "Spark", "Tables"]

DATABASES: Mapping[str, type[Remote]] = {"postgres": Postgres, "spark": Spark}


class Engine(Protocol):
    """Runs one SELECT in DuckDB's dialect and brings back a small frame."""

    dialect: str

    def query(self, sql: str, is_ordered: bool = False) -> pd.DataFrame:
        """The result as pandas: dates as datetime64[us], decimals as float64, keys as str.

        Sorted by its columns from left to right, unless is_ordered says that the SELECT orders its rows itself.
        """
        ...
