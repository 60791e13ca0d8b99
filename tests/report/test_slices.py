"""A pack of one account hangs on the rows of that account, not on those of others."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
from workbench import PARAMETERS, write_template

from csworkbench.report.keys import digest, folder_digests
from csworkbench.report.limits import Limits
from csworkbench.report.marts import Marts
from csworkbench.report.plan import Scope, plan_packs
from csworkbench.report.slices import FILE, read_slices, write_slices
from csworkbench.report.source import Facts
from csworkbench.report.tasks import tasks_of
from csworkbench.report.templates import read_template

USE = pd.DataFrame({"account_id": ["a", "b", "b"], "value": [0.1, 0.2, None], "on": pd.Timestamp("2026-09-30")})
GOALS = pd.DataFrame({"account_id": ["b"], "name": ["calls"], "met": pd.array([None], dtype="boolean")})


def mart(place: Path, use: pd.DataFrame = USE, goals: pd.DataFrame = GOALS, facts: str = "{}") -> dict[str, str]:
    place.mkdir()
    use.to_parquet(place / "use.parquet")
    (place / "measures.json").write_text(facts, encoding="utf-8")
    write_slices(place, {"use": use, "goals": goals}, ["a", "b"])
    return dict(read_slices(place, digest(folder_digests(place))))


@pytest.mark.parametrize(
    ("column", "row", "value"),
    [("value", 1, math.nextafter(0.2, 1)), ("value", 2, 0.0), ("on", 1, pd.Timestamp("2026-09-29"))],
)
def test_the_smallest_change_of_one_account_changes_its_slice_and_no_other(
    tmp_path: Path, column: str, row: int, value: object
) -> None:
    changed = USE.copy()
    changed.loc[row, column] = value
    before, after = mart(tmp_path / "before"), mart(tmp_path / "after", changed)
    assert before["a"] == after["a"]
    assert before["b"] != after["b"]


def test_the_same_data_gives_the_same_slices_and_what_is_shared_changes_all(tmp_path: Path) -> None:
    first, again, shared = mart(tmp_path / "1"), mart(tmp_path / "2"), mart(tmp_path / "3", facts='{"name": "New"}')
    assert first == again
    assert set(first) == {"a", "b"} and len({*first.values(), *shared.values()}) == 4


def test_a_row_of_another_frame_or_a_frame_that_is_gone_is_a_change(tmp_path: Path) -> None:
    first, without = mart(tmp_path / "1"), mart(tmp_path / "2", goals=GOALS.iloc[:0])
    assert first["a"] == without["a"]
    assert first["b"] != without["b"]


def test_a_row_of_an_account_that_has_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="c"):
        mart(tmp_path / "1", USE.assign(account_id="c"))


def keys_of(folder: Path, unit_kind: str, use: pd.DataFrame = USE, sliced: bool = True) -> dict[str | None, str]:
    """Unit → key of its pack over a mart `accounts` with that use."""
    folder.mkdir()
    mart(folder / "accounts", use)
    if not sliced:
        (folder / "accounts" / FILE).unlink()
    content = {"accounts": digest(folder_digests(folder / "accounts"))}
    marts = Marts(folder, "", Facts("2026Q3", "2026Q2", "2026-09-30", "Acme"), content, {}, ("accounts",))
    declared = PARAMETERS.replace("measures", "accounts").replace("segment", unit_kind)
    template = read_template(write_template(folder / "pack.ipynb", "1", parameters=declared))
    units = {kind: ["a", "b"] for kind in ("account", "segment")}
    packs = plan_packs([template], Scope("2026Q3", ["en"], units, {"accounts": str(folder / "accounts")})).packs
    return {task.pack.unit: task.key for task in tasks_of(packs, marts, Limits())}


@pytest.mark.parametrize(
    ("unit_kind", "sliced", "remade"),
    [("account", True, {"b"}), ("account", False, {"a", "b"}), ("segment", True, {"a", "b"})],
)
def test_when_an_account_changes_the_packs_of_others_are_kept_where_there_are_slices(
    tmp_path: Path, unit_kind: str, sliced: bool, remade: set[str]
) -> None:
    changed = USE.assign(value=[0.1, 0.3, None])
    before = keys_of(tmp_path / "before", unit_kind, sliced=sliced)
    after = keys_of(tmp_path / "after", unit_kind, changed, sliced)
    assert set(before) == {"a", "b"}
    assert {unit for unit in before if before[unit] != after[unit]} == remade
