"""Keys change with everything that can change a result, and with nothing else."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from test_same_bytes import small_workspace
from workbench import packs_of, write_template

from csworkbench.data.settings import read_settings
from csworkbench.report import keys
from csworkbench.report.keys import Inputs, Question, Seen, code_key, digest, inputs, pack_key
from csworkbench.report.plan import Pack

LATER = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return small_workspace(tmp_path / "company", accounts=6)


def asked(folder: Path, **other: object) -> Question:
    question = Question(folder, read_settings(folder), "2026Q3", date(2026, 9, 30))
    return replace(question, **other)  # type: ignore[arg-type]


def found(question: Question, known: dict[str, Seen] | None = None) -> Inputs:
    return inputs(question, known or {}, LATER)


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")


def test_the_same_inputs_have_the_same_key_wherever_they_lie(workspace: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(workspace, tmp_path / "far" / "away")
    assert found(asked(workspace)).key == found(asked(copied)).key != ""


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: edit(folder / "accounts.csv", "SMB", "SMC"),
        lambda folder: edit(folder / "subscriptions.csv", "100", "101"),
        lambda folder: edit(folder / "workspace.toml", "EUR", "USD"),
        lambda folder: (folder / "accounts.csv").unlink(),
    ],
)
def test_any_changed_file_changes_the_key(workspace: Path, change: Callable[[Path], None]) -> None:
    before = found(asked(workspace)).key
    change(workspace)
    assert found(asked(workspace)).key != before


def test_a_file_that_newly_matches_a_pattern_changes_the_key(workspace: Path) -> None:
    edit(workspace / "workspace.toml", '"subscriptions.csv"', '"subscr*.csv"')
    before = found(asked(workspace)).key
    shutil.copy(workspace / "subscriptions.csv", workspace / "subscriptions-2.csv")
    assert found(asked(workspace)).key != before


def test_files_that_no_table_names_do_not_count(workspace: Path) -> None:
    before = found(asked(workspace)).key
    (workspace / "notes.txt").write_text("x", encoding="utf-8")
    assert found(asked(workspace)).key == before


@pytest.mark.parametrize(
    "other",
    [
        {"quarter": "2026Q2"},
        {"as_of": date(2026, 10, 1)},
        {"day_of_exports": date(2026, 11, 1)},
        {"data_version": "load 7"},
    ],
)
def test_another_question_has_another_key(workspace: Path, other: dict[str, object]) -> None:
    assert found(asked(workspace)).key != found(asked(workspace, **other)).key


DATABASE = """
[sources.crm]
url_env = "CRM_URL"
[tables.contacts]
source = "crm"
table = "contacts"
"""


def test_a_database_has_no_key_unless_its_owner_names_its_version(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (workspace / "workspace.toml").open("a", encoding="utf-8") as file:
        file.write(DATABASE)
    monkeypatch.setenv("CRM_URL", "postgresql://me:secret@host/one")
    assert found(asked(workspace)).key == ""
    first = found(asked(workspace, data_version="1")).key
    monkeypatch.setenv("CRM_URL", "postgresql://me:changed@host/one")
    assert found(asked(workspace, data_version="1")).key == first
    monkeypatch.setenv("CRM_URL", "postgresql://me:changed@host/two")
    assert len({found(asked(workspace, data_version=version)).key for version in "12"} | {first, ""}) == 4


def test_a_new_token_in_an_address_is_no_new_database(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (workspace / "workspace.toml").open("a", encoding="utf-8") as file:
        file.write(DATABASE)
    keys = set()
    for address in ("sc://host:15002/;token=secret", "sc://host:15002/;token=changed", "sc://other:15002/"):
        monkeypatch.setenv("CRM_URL", address)
        keys.add(found(asked(workspace, data_version="1")).key)
    assert len(keys) == 2


def test_small_files_are_read_every_time_even_when_their_times_say_nothing_changed(workspace: Path) -> None:
    path = workspace / "accounts.csv"
    before, times = found(asked(workspace)), path.stat()
    edit(path, "SMB", "SMC")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert found(asked(workspace), dict(before.files)).key != before.key


def test_a_large_file_is_read_again_only_when_its_times_or_its_place_changed(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "SMALL_BYTES", 10)
    read: list[str] = []
    take = keys.file_digest
    monkeypatch.setattr(keys, "file_digest", lambda path: read.append(path.name) or take(path))
    code_key(keys.MEASURING)
    known = found(asked(workspace))
    read.clear()
    assert found(asked(workspace), dict(known.files)).key == known.key
    assert read == []
    path = workspace / "accounts.csv"
    times = path.stat()
    edit(path, "SMB", "SMC")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert found(asked(workspace), dict(known.files)).key != known.key
    assert read == ["accounts.csv"]


def test_a_file_that_was_young_when_it_was_read_is_read_again(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SMALL_BYTES", 10)
    written = (workspace / "accounts.csv").stat().st_mtime
    young = inputs(asked(workspace), {}, datetime.fromtimestamp(written + 1, tz=UTC))
    assert not any(seen.settled for seen in young.files.values())
    back = inputs(asked(workspace), {}, datetime(1999, 1, 1, tzinfo=UTC))
    assert not any(seen.settled for seen in back.files.values())


def test_inputs_that_change_while_they_are_measured_are_noticed(workspace: Path) -> None:
    before = found(asked(workspace))
    assert before.are_still_there
    edit(workspace / "accounts.csv", "SMB", "SMC")
    assert not before.are_still_there
    (workspace / "accounts.csv").unlink()
    assert not before.are_still_there


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return packs_of(write_template(tmp_path / "segment.ipynb", "1 + 1"))[0]


PAGE = {"title": "Acme", "version": "1"}


def test_a_path_to_data_does_not_count_but_its_content_does(pack: Pack) -> None:
    moved = replace(pack, parameters={**pack.parameters, "measures": "/elsewhere"})
    assert pack_key(pack, {"measures": "1"}, PAGE) == pack_key(moved, {"measures": "1"}, PAGE)
    assert pack_key(pack, {"measures": "1"}, PAGE) != pack_key(pack, {"measures": "2"}, PAGE)


@pytest.mark.parametrize(
    "other",
    [
        {"name": "segment-2"},
        {"parameters": {"measures": "m", "segment": "smb", "quarter": "2026Q3", "lang": "ja"}},
        {"parameters": {"measures": "m", "segment": "smb", "quarter": "2026Q3"}},
    ],
)
def test_another_pack_has_another_key(pack: Pack, other: dict[str, object]) -> None:
    assert pack_key(replace(pack, **other), {}, PAGE) != pack_key(pack, {}, PAGE)  # type: ignore[arg-type]
    assert pack_key(pack, {}, {**PAGE, "version": "2"}) != pack_key(pack, {}, PAGE)


def test_numbers_and_texts_and_truth_are_different_parameters() -> None:
    assert len({digest(value) for value in (1, "1", 1.0, True, None, [1], {"1": 1})}) == 7


def test_a_changed_line_of_code_or_another_library_changes_every_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    for room in ("story", "report", "errors"):
        (package / room / "__pycache__").mkdir(parents=True)
    (package / "errors" / "rules.py").write_text("a = 1", encoding="utf-8")
    library = tmp_path / "site" / "pandas-3.0.0.dist-info"
    library.mkdir(parents=True)
    monkeypatch.setattr(keys, "__file__", str(package / "report" / "keys.py"))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    seen = []

    def taken() -> None:
        code_key.cache_clear()
        seen.append(code_key(keys.MAKING))

    taken()
    (package / "story" / "__pycache__" / "x.pyc").write_bytes(b"1")
    (tmp_path / "site" / "unrelated-1.0.dist-info").mkdir()
    taken()
    assert len(set(seen)) == 1
    (package / "story" / "style.css").write_text("p {}", encoding="utf-8")
    taken()
    (package / "errors" / "rules.py").write_text("a = 2", encoding="utf-8")
    taken()
    library.rename(library.with_name("pandas-3.0.1.dist-info"))
    taken()
    code_key.cache_clear()
    assert len(set(seen)) == 4


def test_every_part_of_the_code_that_keys_name_is_there() -> None:
    package = Path(keys.__file__).parents[1]
    assert [part for part in keys.MAKING if not (package / part).is_dir()] == []


LOOKUP = """
[tables.accounts.lookups.sizes]
path = "sizes/*.csv"
on = { account_id = "id" }
take = { n_people = "n" }
[tables.accounts.columns]
employees = "n_people"
"""


def test_every_file_that_a_load_opens_counts(workspace: Path) -> None:
    from csworkbench.data.source_files import source_files
    from csworkbench.data.workspace import open_workspace

    (workspace / "sizes").mkdir()
    sizes = "\n".join(["id,n", *(f"{n:03},{n + 1}" for n in range(6))])
    (workspace / "sizes" / "one.csv").write_text(sizes, encoding="utf-8")
    with (workspace / "workspace.toml").open("a", encoding="utf-8") as file:
        file.write(LOOKUP)
    opened: set[str] = set()
    watching = True

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open" and isinstance(arguments[0], str | Path):
            opened.add(os.path.realpath(str(arguments[0])))

    sys.addaudithook(hook)
    try:
        found = open_workspace(workspace)
        assert found.check().ok, str(found.check())
    finally:
        watching = False
    counted = {os.path.realpath(path) for path in source_files(found.settings, workspace)}
    read = {path for path in opened if path.startswith(os.path.realpath(workspace))}
    assert {Path(path).name for path in read} == {"workspace.toml", "accounts.csv", "subscriptions.csv", "one.csv"}
    assert read <= counted
