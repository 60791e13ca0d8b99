"""Frames that were written are read as they were, and only when somebody asks for them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from csworkbench.metrics.shapes import SavedFrames, Shapes

SHAPES = Shapes(
    {"book": "account_id on:d seats:n mrr:f big:b known:b? steps:l", "other": "account_id"},
    {"book": ("mrr",), "other": ()},
)


@pytest.fixture
def book() -> pd.DataFrame:
    rows = {
        "account_id": ["00123", None, "会社"],
        "on": pd.to_datetime(["2026-01-31", None, "2026-03-01"]),
        "seats": [3, 1, 2],
        "mrr": [3.5, 1.25, float("nan")],
        "big": [True, False, True],
        "known": [True, None, False],
        "steps": [["a", "b"], [], ["c"]],
    }
    return SHAPES.shaped("book", pd.DataFrame(rows))


def test_a_frame_is_read_as_it_was_written(book: pd.DataFrame, tmp_path: Path) -> None:
    book.to_parquet(tmp_path / "book.parquet", index=False)
    read = SHAPES.read("book", tmp_path / "book.parquet")
    pd.testing.assert_frame_equal(read, book)
    assert [type(steps) for steps in read["steps"]] == [list] * 3
    assert read["account_id"].dropna().tolist() == ["00123", "会社"]


def test_a_frame_without_rows_keeps_its_types(tmp_path: Path) -> None:
    SHAPES.empty("book").to_parquet(tmp_path / "book.parquet", index=False)
    pd.testing.assert_frame_equal(SHAPES.read("book", tmp_path / "book.parquet"), SHAPES.empty("book"))


def test_only_what_is_asked_for_is_read(book: pd.DataFrame, tmp_path: Path) -> None:
    saved = SavedFrames(SHAPES, tmp_path, ("book", "other"))
    assert list(saved) == ["book", "other"] and len(saved) == 2
    assert "book" in saved and "third" not in saved
    book.to_parquet(tmp_path / "book.parquet", index=False)
    pd.testing.assert_frame_equal(saved["book"], book)
    assert saved["book"] is saved["book"]
    with pytest.raises(KeyError):
        saved["third"]
    with pytest.raises(FileNotFoundError):
        saved["other"]
