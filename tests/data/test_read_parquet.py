"""Parquet: the same text as a CSV would hold, and damage found where a checksum can tell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reading import Desk, new_desk, only

TABLE = pa.table({"account_id": [f"A{i}" for i in range(50)], "mrr": [i * 1.1 for i in range(50)]})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def test_every_type_comes_as_plain_text(desk: Desk) -> None:
    table = pa.table(
        {
            "key": ["00123", "NA", None],
            "whole": pa.array([1234567890123456789, -1, None]),
            "double": [1e20, 0.1 + 0.2, 1e-7],
            "single": pa.array([0.1, 2.0, None], pa.float32()),
            "money": pa.array([Decimal("12.50"), Decimal("-0.05"), None], pa.decimal128(18, 2)),
            "day": [date(2026, 9, 30), date(1999, 1, 1), None],
            "at": [datetime(2026, 9, 30, 8, 5, 1), datetime(2026, 9, 30), None],
            "zoned": pa.array(
                [datetime(2026, 9, 30, 8, 5, 1, tzinfo=UTC), None, None], pa.timestamp("us", "Asia/Tokyo")
            ),
            "flag": [True, False, None],
        }
    )
    pq.write_table(table, desk.folder / "a.parquet")
    raw = desk.read("a.parquet")
    assert raw.problems == ()
    assert desk.rows(raw) == [
        ("00123", "1234567890123456789", "100000000000000000000", "0.1", "12.50", "2026-09-30", "2026-09-30 08:05:01",
         "2026-09-30 08:05:01+00:00", "true", 2),
        ("NA", "-1", "0.3", "2", "-0.05", "1999-01-01", "2026-09-30", None, "false", 3),
        (None, None, "0.0000001", None, None, None, None, None, None, 4),
    ]  # fmt: skip
    assert raw.plain == {
        "whole": "number", "double": "number", "single": "number", "money": "number", "day": "date",
        "at": "timestamp", "zoned": "timestamp",
    }  # fmt: skip


def test_nan_is_not_taken_for_missing(desk: Desk) -> None:
    pq.write_table(pa.table({"id": ["a", "b"], "mrr": [float("nan"), float("inf")]}), desk.folder / "a.parquet")
    assert [row[1] for row in desk.rows(desk.read("a.parquet"))] == ["NaN", "inf"]


@pytest.mark.parametrize("keep", [0.3, 0.95])
def test_a_truncated_file_is_refused(desk: Desk, keep: float) -> None:
    pq.write_table(TABLE, desk.folder / "whole.parquet")
    whole = (desk.folder / "whole.parquet").read_bytes()
    desk.write("a.parquet", whole[: int(len(whole) * keep)])
    assert only(desk.read("a.parquet")).rule == "corrupt_parquet"


def test_an_empty_file_named_parquet_is_refused(desk: Desk) -> None:
    desk.write("a.parquet", b"")
    assert only(desk.read("a.parquet")).rule == "corrupt_parquet"


def test_bit_flips_in_the_data_are_found_by_page_checksums(desk: Desk) -> None:
    pq.write_table(
        TABLE, desk.folder / "whole.parquet", write_page_checksum=True, compression="none", use_dictionary=False
    )
    whole = (desk.folder / "whole.parquet").read_bytes()
    values = [whole.index(b"A10"), whole.index(b"A49"), whole.index(b"A49") - 40]
    for bit in [place * 8 + k for place in values for k in range(8)]:
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        desk.write("a.parquet", bytes(flipped))
        assert only(desk.read("a.parquet")).rule == "corrupt_parquet", f"bit {bit}"


def test_no_bit_flip_ends_in_a_traceback(desk: Desk) -> None:
    pq.write_table(TABLE, desk.folder / "whole.parquet")
    whole = (desk.folder / "whole.parquet").read_bytes()
    for bit in range(0, len(whole) * 8, 97):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        desk.write("a.parquet", bytes(flipped))
        desk.read("a.parquet")


def test_rows_of_many_row_groups_are_numbered_in_order(desk: Desk) -> None:
    n = 250_000
    table = pa.table({"id": [str(i) for i in range(2, n)]})
    pq.write_table(table, desk.folder / "a.parquet", row_group_size=30_000)
    raw = desk.read("a.parquet")
    counted = desk.connection.execute(f"SELECT count(*), count_if(id = CAST(_row AS VARCHAR)) FROM {raw.relation}")
    assert counted.fetchone() == (n - 2, n - 2)
