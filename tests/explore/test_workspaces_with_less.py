"""The notebooks on a workspace that lacks tables: a line that says what is missing, never a traceback."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from places import ROOT

from csworkbench.errors import CsworkbenchError
from csworkbench.explore import Desk, open_desk
from csworkbench.story.study import open_study

TABLES = ("milestones", "assignments")


@pytest.fixture(scope="module")
def lean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The sample without milestones, CSMs in charge and journey."""
    folder = tmp_path_factory.mktemp("lean") / "workspace"
    leave = shutil.ignore_patterns(".csworkbench", "truth", "pins", "notebooks", *(f"{name}.*" for name in TABLES))
    shutil.copytree(ROOT / "data" / "sample", folder, ignore=leave)
    path = folder / "workspace.toml"
    text = path.read_text("utf-8")
    for name in TABLES:
        text = re.sub(rf"\[tables\.{name}\]\n(?:(?!\[)[^\n]*\n)*", "", text)
    path.write_text(re.sub(r"\[\[journey\]\]\n(?:(?!\[)[^\n]*\n)*", "", text), "utf-8")
    yield open_desk(folder)


@pytest.mark.parametrize("name", ["conversion", "by_csm", "stuck", "late", "value"])
def test_a_journey_without_milestones_says_so_in_one_line(lean: Desk, name: str) -> None:
    exhibit = getattr(lean.journey(), name)
    assert exhibit.is_absent and exhibit.title == "Not shown: the workspace has no milestones."


def test_the_journey_explorer_shows_that_line_and_no_dead_controls(lean: Desk) -> None:
    shown = lean.journey()._repr_mimebundle_()
    assert set(shown) == {"text/html", "text/plain"} and shown["text/html"].count("cs-absent") == 1


def test_a_book_without_csms_says_so_in_one_line(lean: Desk) -> None:
    book = lean.book()
    for exhibit in (book.accounts, book.exhibit("at_risk"), book.exhibit("renewals_due")):
        assert exhibit.title == "Not shown: the workspace has no assignments."


def test_a_column_that_is_known_but_not_in_this_workspace_is_said_and_a_wrong_one_is_refused(lean: Desk) -> None:
    shown = lean.ask(by="first_value")
    assert shown.title == "Not shown: this workspace does not say: First value."
    with pytest.raises(CsworkbenchError, match=r'"first_valu"\. There is: country'):
        lean.ask(by="first_valu")


def test_what_if_starts_from_the_last_quarter_that_is_over(lean: Desk) -> None:
    later = replace(lean, as_of=date(2026, 8, 31)).what_if()
    assert later.day.isoformat() == "2026-06-30" and later.frame["quarter"].iloc[0] == "2026Q3"
    assert "as of Jun 30, 2026" in later.exhibit.source


def test_a_shop_without_subscriptions_has_cohorts_only(real_data: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "real" / "cdnow" / "workspace.toml", tmp_path)
    for file in (real_data / "cdnow").iterdir():
        (tmp_path / file.name).symlink_to(file)
    desk = open_desk(tmp_path)
    assert desk.cohorts().answered.is_told
    for shown in (
        desk.journey().late,
        desk.book().accounts,
        desk.what_if().exhibit,
        desk.ask(measure="adoption_index"),
    ):
        assert shown.is_absent and "subscriptions" in shown.title
    with pytest.raises(CsworkbenchError, match="need the table subscriptions"):
        open_study(tmp_path)
