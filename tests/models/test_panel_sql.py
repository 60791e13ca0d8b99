"""The queries of the panel keep to what other engines have."""

from __future__ import annotations

import pytest
from places import ROOT

from csworkbench.data.engine.dialect import DIALECTS, transpile
from csworkbench.data.sql import sql_file

NAMES = sorted(path.stem for path in (ROOT / "csworkbench" / "models" / "panel").glob("*.sql"))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_query_compiles_to_other_dialects(name, dialect):
    assert "SELECT" in transpile(sql_file("csworkbench.models.panel", name), dialect)
