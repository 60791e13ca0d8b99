"""Databases in one instance of DuckDB are as far apart as those in instances of their own."""

from __future__ import annotations

import gc

from databases import Beside, _instance


def names() -> set[str]:
    found = _instance().execute("SELECT database_name FROM duckdb_databases()").fetchall()
    return {str(row[0]) for row in found if row[0].startswith("beside_")}


def test_none_sees_the_tables_or_the_frames_of_another_and_all_have_the_same_settings() -> None:
    first, second = Beside(), Beside()
    first.connection.execute("CREATE TABLE t AS SELECT 1 AS n")
    second.connection.execute("CREATE TABLE t AS SELECT 2 AS n")
    assert [engine.query("SELECT n FROM t")["n"].tolist() for engine in (first, second)] == [[1], [2]]
    asked = "SELECT current_setting('TimeZone') AS zone, 1 / 0 AS undefined"
    assert [engine.query(asked).isna().to_numpy().tolist() for engine in (first, second)] == [[[False, True]]] * 2
    assert first.query(asked)["zone"].tolist() == ["UTC"]


def test_a_database_goes_after_its_engine() -> None:
    engine = Beside()
    ((its_own,),) = engine.connection.execute("SELECT current_database()").fetchall()
    assert its_own in names()
    del engine
    gc.collect()
    another = Beside()
    another.connection.execute("SELECT 1")
    assert its_own not in names()
