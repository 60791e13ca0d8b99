"""The notebooks that teach: a question per heading, one call, one picture; the Japanese edition runs the same code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from places import ROOT

from csworkbench.explore import Desk
from csworkbench.explore.book import Book
from csworkbench.explore.journeys import JourneyExplorer
from csworkbench.explore.what_if import WhatIf
from csworkbench.story.study import Study

FOLDER = ROOT / "notebooks" / "explore"
EDITIONS = sorted(FOLDER.glob("*.ipynb"))
ENGLISH = [path for path in EDITIONS if not path.name.endswith(".ja.ipynb")]
JAPANESE_TEXT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LONGEST_READ_WORDS, LONGEST_READ_SIGNS = 10 * 200, 10 * 500
OBJECTS = {"study": Study, "desk": Desk, "journey": JourneyExplorer, "book": Book, "what_if": WhatIf}
USE = re.compile(rf"^(?:\w+ = )?({'|'.join(OBJECTS)})(?:\.(\w+)|$)", re.M)
LANG = 'lang: str = "{}"  #'
COMMENT = re.compile(r"  # .*")


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return found


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def code(path: Path) -> list[str]:
    return [source(cell) for cell in cells(path) if cell["cell_type"] == "code"]


def japanese(path: Path) -> Path:
    return path.with_name(f"{path.stem}.ja.ipynb")


def level(cell: dict[str, Any]) -> int:
    return len(source(cell)) - len(source(cell).lstrip("#"))


def test_all_notebooks_are_there_in_both_languages() -> None:
    named = {"01_cohorts", "02_churn", "03_upsell", "04_journey", "05_health", "06_book_of_business", "07_what_if"}
    assert named == {path.stem for path in ENGLISH}
    assert {japanese(path) for path in ENGLISH} == set(EDITIONS) - set(ENGLISH)


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_the_japanese_edition_runs_the_same_code_and_differs_only_in_the_language_asked_for(path: Path) -> None:
    assert "\n".join(code(path)).count(LANG.format("en")) == 1
    asked = [text.replace(LANG.format("en"), LANG.format("ja")) for text in code(path)]
    assert [COMMENT.sub("", text) for text in asked] == [COMMENT.sub("", text) for text in code(japanese(path))]


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_every_parameter_is_explained_in_the_language_of_the_edition(path: Path) -> None:
    for edition, is_japanese in ((path, False), (japanese(path), True)):
        for line in code(edition)[0].splitlines():
            said = COMMENT.search(line)
            assert said and bool(JAPANESE_TEXT.search(said[0])) == is_japanese, line


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_the_editions_are_in_step_cell_by_cell(path: Path) -> None:
    english, other = cells(path), cells(japanese(path))
    assert [(c["cell_type"], c["id"]) for c in english] == [(c["cell_type"], c["id"]) for c in other]
    prose = [(a, b) for a, b in zip(english, other, strict=True) if a["cell_type"] == "markdown"]
    assert [level(a) for a, _ in prose] == [level(b) for _, b in prose]
    assert all(JAPANESE_TEXT.search(source(b)) and not JAPANESE_TEXT.search(source(a)) for a, b in prose)


@pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.stem)
def test_every_cell_has_its_own_id(path: Path) -> None:
    ids = [cell["id"] for cell in cells(path)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_a_question_stands_over_one_call_and_says_what_to_look_for(path: Path) -> None:
    found = cells(path)
    sections = [at for at, cell in enumerate(found) if cell["cell_type"] == "markdown" and level(cell) == 2]
    assert len(sections) >= 5
    for at in sections:
        heading, _, prose = source(found[at]).partition("\n")
        assert heading.endswith("?") and re.search(r"\blook\b", prose, re.I), heading
        shown = USE.findall(source(found[at + 1]))
        assert len([name for _, name in shown if name] or shown) == 1, heading
    assert found[1]["metadata"]["tags"] == ["parameters"]


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_a_notebook_asks_only_what_is_answered_and_imports_nothing_deep(path: Path) -> None:
    text = "\n".join(code(path))
    assert all(hasattr(OBJECTS[who], name) for who, name in USE.findall(text) if name)
    imported = re.findall(r"^(?:from|import) (\S+)", text, re.M)
    ours = {name for name in imported if name.startswith("csworkbench")}
    assert ours <= {"csworkbench.explore", "csworkbench.models", "csworkbench.story.study"}


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_a_notebook_is_read_in_ten_minutes(path: Path) -> None:
    assert sum(len(source(cell).split()) for cell in cells(path)) <= LONGEST_READ_WORDS


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_the_japanese_edition_is_read_in_ten_minutes_too(path: Path) -> None:
    texts = [source(cell) for cell in cells(japanese(path))]
    assert 200 < sum(len("".join(text.split())) for text in texts) <= LONGEST_READ_SIGNS
