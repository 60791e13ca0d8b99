"""What every metric's and every model's SQL becomes in other dialects; a change of it is seen in review.

Update the files with: UPDATE_GOLDEN=1 python -m pytest tests/data/test_engine_golden.py
The text is also run: see test_warehouse_measures and test_warehouse_spark_measures.
"""

from __future__ import annotations

import os

import pytest
from places import ROOT

from csworkbench.data.engine.dialect import DIALECTS, transpile
from csworkbench.data.sql import sql_file
from csworkbench.errors import CsworkbenchError

GOLDEN = ROOT / "tests" / "golden" / "sql"
_PARTS = ("metrics", "metrics.account", "metrics.team", "models.panel", "models.forecasts")
ROOMS = tuple(f"csworkbench.{part}" for part in _PARTS)
QUERIES = [(room, path.stem) for room in ROOMS for path in sorted(ROOT.joinpath(*room.split(".")).glob("*.sql"))]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("room", "name"), QUERIES)
def test_the_compiled_sql_is_the_golden_one(room, name, dialect):
    path = GOLDEN / dialect / f"{name}.sql"
    compiled = transpile(sql_file(room, name), dialect) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(compiled)
    assert path.is_file(), f"no golden file for {name}: see the first lines of this file"
    assert compiled == path.read_text()


def test_there_is_no_golden_file_without_its_query_and_no_query_outside_these_rooms():
    names = [name for _, name in QUERIES]
    assert sorted(path.stem for path in GOLDEN.rglob("*.sql")) == sorted(names * len(DIALECTS))
    assert len(set(names)) == len(list((ROOT / "csworkbench").rglob("*.sql")))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT median(x) FROM t",
        "SELECT quantile_cont(x, 0.5) FROM t",
        "SELECT arg_max(x, y) FROM t",
        "SELECT first(x) FROM t",
        "SELECT unnest(range(3))",
        "SELECT * FROM t QUALIFY row_number() OVER (ORDER BY x) = 1",
        "SELECT approx_count_distinct(x) FROM t",
        "SELECT date_diff('decade', a, b) FROM t",
    ],
)
def test_what_other_engines_do_not_have_is_refused(sql):
    with pytest.raises(CsworkbenchError, match="not portable"):
        transpile(sql, "postgres")
