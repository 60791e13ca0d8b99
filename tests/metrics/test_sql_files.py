from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

import csworkbench.metrics
from csworkbench.data.engine.dialect import transpile

FILES = sorted(Path(csworkbench.metrics.__file__).parent.rglob("*.sql"))
VALUES = {"features": "('x')", "milestones": "('x')", "core": "('x')"}


def bound(path: Path) -> str:
    """The query with a literal for every parameter."""
    text = path.read_text(encoding="utf-8")
    for name in ("first_month", "n_months"):
        text = text.replace(f"${name}", "7")
    for name in sorted(VALUES, key=len, reverse=True):
        text = text.replace(f"${name}", VALUES[name])
    for name in ("through", "middle", "start", "last", "since", "after", "first", "day"):
        text = text.replace(f"${name}", "DATE '2026-09-30'")
    return text


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_query_compiles_for_other_engines(path: Path, dialect: str) -> None:
    compiled = transpile(bound(path), dialect)
    assert sqlglot.parse_one(compiled, read=dialect)
    assert "$" not in compiled


def test_there_are_queries_and_each_says_what_a_row_is() -> None:
    assert len(FILES) > 15
    for path in FILES:
        assert path.read_text(encoding="utf-8").startswith("-- "), path.name
