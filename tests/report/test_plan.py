"""The plan: templates × units × languages, refused with all problems before a kernel starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from workbench import GOOD, PARAMETERS, code, notebook, packs_of, write_template

from csworkbench.data.settings import Packs
from csworkbench.errors import CsworkbenchError, Refusal, UnknownName
from csworkbench.report.plan import Plan, Scope, only, plan_packs
from csworkbench.report.templates import chosen_templates, pack_templates, read_template


def refused(path: Path, **given: str) -> list[str]:
    scope = Scope("2026Q3", ["en"], {"segment": ["smb"]}, {"measures": "m"}, given)
    with pytest.raises(Refusal) as refusal:
        plan_packs([read_template(path)], scope)
    return sorted(problem.rule for problem in refusal.value.problems)


def test_a_template_with_a_segment_parameter_is_repeated_over_segments_and_languages(tmp_path: Path) -> None:
    packs = packs_of(write_template(tmp_path / "segment.ipynb"), ["smb", "Acme {EU}"], ["en", "ja"])
    assert [(pack.unit, pack.lang) for pack in packs] == [
        ("smb", "en"),
        ("smb", "ja"),
        ("Acme {EU}", "en"),
        ("Acme {EU}", "ja"),
    ]
    assert packs[0].name == "segment-smb-2026Q3-en"
    assert packs[2].parameters == {"measures": "m", "quarter": "2026Q3", "lang": "en", "segment": "Acme {EU}"}


def test_a_template_without_a_unit_is_made_once_per_language(tmp_path: Path) -> None:
    path = write_template(tmp_path / "executive.ipynb", parameters='measures: str\nlang: str = "en"\n')
    assert [pack.name for pack in packs_of(path, languages=["en", "ja"])] == [
        "executive-2026Q3-en",
        "executive-2026Q3-ja",
    ]


def test_a_template_that_knows_no_language_is_made_once(tmp_path: Path) -> None:
    path = write_template(tmp_path / "executive.ipynb", parameters="measures: str\n")
    assert len(packs_of(path, languages=["en", "ja"])) == 1


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"segmnt": "smb"}, "unknown_parameter"),
        ({"segment": "nowhere"}, "unknown_unit"),
        ({"top": "many"}, "wrong_type"),
        ({"top\nimport os": "1"}, "unknown_parameter"),
    ],
)
def test_a_wrong_parameter_is_refused(tmp_path: Path, given: dict[str, str], rule: str) -> None:
    path = write_template(tmp_path / "segment.ipynb", parameters=PARAMETERS + "top: int = 3\n")
    assert refused(path, **given) == [rule]


def test_a_required_parameter_that_nobody_gives_is_refused(tmp_path: Path) -> None:
    path = write_template(tmp_path / "segment.ipynb", parameters="mesures: str\n")
    assert refused(path) == ["missing_parameter"]


def test_a_template_without_a_parameters_cell_is_refused(tmp_path: Path) -> None:
    assert refused(write_template(tmp_path / "segment.ipynb", parameters=None)) == ["parameters_cell"]


def test_a_template_whose_parameters_are_not_python_is_refused(tmp_path: Path) -> None:
    assert refused(write_template(tmp_path / "segment.ipynb", parameters="segment: str =")) == ["not_python"]


@pytest.mark.parametrize("text", ["", "{}", '{"cells": 3}', '{"cells": [1]}', "[]", "\ufeff{", "\0"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "segment.ipynb"
    path.write_text(text, encoding="utf-8")
    assert refused(path) in (["not_a_notebook"], ["parameters_cell"])


def test_a_template_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "segment.ipynb") == ["not_a_notebook"]


def test_two_cells_tagged_parameters_are_refused(tmp_path: Path) -> None:
    import json

    path = tmp_path / "segment.ipynb"
    twice = notebook(code(PARAMETERS, "parameters"), code(PARAMETERS, "parameters"))
    path.write_text(json.dumps(twice), encoding="utf-8")
    assert refused(path) == ["parameters_cell"]


def test_problems_of_all_templates_are_told_at_once(tmp_path: Path) -> None:
    bad = write_template(tmp_path / "a.ipynb", parameters=None)
    worse = write_template(tmp_path / "b.ipynb", parameters="import os")
    scope = Scope("2026Q3", ["en"], {"segment": ["smb"]}, {"measures": "m"})
    with pytest.raises(Refusal) as refusal:
        plan_packs([read_template(bad), read_template(worse)], scope)
    assert {problem.file for problem in refusal.value.problems} == {"a.ipynb", "b.ipynb"}


def test_two_packs_never_share_a_file(tmp_path: Path) -> None:
    one = write_template(tmp_path / "a.ipynb")
    two = write_template(tmp_path / "a-b.ipynb", parameters='measures: str\nlang: str = "en"\n')
    scope = Scope("2026Q3", ["en"], {"segment": ["b"]}, {"measures": "m"})
    with pytest.raises(Refusal, match="file name of two packs"):
        plan_packs([read_template(one), read_template(two)], scope)


def test_only_takes_a_pattern_on_name_or_unit(tmp_path: Path) -> None:
    packs = packs_of(write_template(tmp_path / "segment.ipynb"), ["smb", "Enterprise"], ["en", "ja"])
    assert {pack.unit for pack in only(Plan(packs), "enter*").packs} == {"Enterprise"}
    assert {pack.lang for pack in only(Plan(packs), "*-ja").packs} == {"ja"}
    with pytest.raises(CsworkbenchError, match="no pack matches"):
        only(Plan(packs), "nothing")


def test_templates_of_the_checkout_are_found_and_sound() -> None:
    for path in pack_templates().values():
        assert read_template(path).problems == ()


def test_kinds_are_made_that_are_named_else_those_of_the_workspace_and_its_own(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    write_template(tmp_path / "packs" / "mine.ipynb", GOOD)
    own = tmp_path / "packs"

    def kinds(packs: Sequence[str], of_workspace: Sequence[str]) -> list[str]:
        return [template.kind for template in chosen_templates(packs, own, of_workspace)[0]]

    assert kinds((), ("executive", "account-customer")) == ["executive", "account-customer", "mine"]
    assert kinds(("segment",), ("executive",)) == ["segment"]
    assert kinds((), ("executive", "mine")) == ["executive", "mine"]
    with pytest.raises(UnknownName, match=r"Did you mean \"executive\""):
        kinds((), ("executiv",))


def test_packs_of_single_accounts_are_made_only_when_they_are_asked_for() -> None:
    assert not {"account-customer", "account-internal"} & set(Packs().kinds)
    assert set(Packs().kinds) <= set(pack_templates())
