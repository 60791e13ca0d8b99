"""The same arguments give the same bytes, and the committed sample is what its arguments give."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from csworkbench.errors import CsworkbenchError
from csworkbench.simulate import simulate
from csworkbench.simulate.sample import write_sample

pytestmark = pytest.mark.xdist_group("simulate")


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and ".csworkbench" not in file.parts)
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, file_format: str) -> None:
    one, other = (simulate(tmp_path / name, 40, 8, 3, file_format=file_format) for name in ("one", "other"))
    assert contents(one) == contents(other)
    assert len(contents(one)) > 20


def test_another_seed_gives_other_facts(tmp_path: Path) -> None:
    one, other = (contents(simulate(tmp_path / str(seed), 40, 8, seed)) for seed in (3, 4))
    constant = {"workspace.toml", "changes.csv"}
    assert {name for name in one if name in other and one[name] == other[name]} <= constant


def test_the_committed_sample_is_what_its_arguments_give(sample: Path, fresh: Path) -> None:
    committed, made = contents(sample), contents(fresh)
    assert sorted(committed) == sorted(made)
    unzipped = {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in made.items()}
    for name, data in committed.items():
        assert (gzip.decompress(data) if name.endswith(".gz") else data) == unzipped[name], name


def test_the_sample_is_smaller_than_five_megabytes(sample: Path) -> None:
    assert sum(len(data) for data in contents(sample).values()) < 5_000_000


def test_compressed_files_carry_no_time(fresh: Path) -> None:
    assert (fresh / "usage.csv.gz").read_bytes()[4:8] == bytes(4)


def test_a_folder_that_holds_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CsworkbenchError, match="not empty"):
        simulate(tmp_path, 5, 2, 1)
    with pytest.raises(CsworkbenchError, match="something else"):
        write_sample(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"accounts": 0}, "1 or more accounts"),
        ({"seed": -1}, "a seed from 0"),
        ({"months": 0}, "1 or more"),
        ({"end": "2026-09-29"}, "last day of a month"),
        ({"end": "September"}, "YYYY-MM-DD"),
    ],
)
def test_arguments_out_of_range_are_refused_before_anything_is_written(
    tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    arguments = {"accounts": 5, "months": 2, "seed": 1, **wrong}
    with pytest.raises(CsworkbenchError, match=said):
        simulate(tmp_path / "new", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "new").exists()
