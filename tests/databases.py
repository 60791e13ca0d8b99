"""Empty databases by the hundred: each by itself, all in one instance of DuckDB, which takes long to start."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from functools import cache
from itertools import count

import duckdb
import pandas as pd

from csworkbench.data.engine import DuckDB
from csworkbench.data.settings import Settings
from csworkbench.data.snapshot import Snapshot, snapshot_of_frames

_numbers = count()
_open: dict[str, weakref.ref[Beside]] = {}


class Beside(DuckDB):
    """An engine on an empty database beside those of other engines; the database goes after the engine has gone."""

    def _connected(self) -> duckdb.DuckDBPyConnection:
        connection = _instance().cursor()
        for name in [name for name, engine in _open.items() if engine() is None]:
            del _open[name]
            connection.execute(f"DETACH {name}")
        name = f"beside_{next(_numbers)}"
        _open[name] = weakref.ref(self)
        return connection.execute(f"ATTACH ':memory:' AS {name}; USE {name}")


@cache
def _instance() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def snapshot_of(frames: Mapping[str, pd.DataFrame], settings: Settings) -> Snapshot:
    """`snapshot_of_frames` in a database beside others."""
    return snapshot_of_frames(frames, settings, Beside())
