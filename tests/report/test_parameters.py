"""The parameters cell: what it declares, what it refuses, and which values a template may get."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from csworkbench.report.parameters import problems_of, read_parameters
from csworkbench.report.typed import Type, parse_type


def type_from(annotation: str) -> Type:
    found = parse_type(ast.parse(annotation, mode="eval").body)
    assert found is not None
    return found


def rules(source: str, given_values: dict[str, Any], **choices: list[str]) -> list[str]:
    declared = read_parameters(source).parameters
    return sorted(problem.rule for problem in problems_of(declared, given_values, "t.ipynb", choices))


def test_type_default_and_help_are_read_from_the_line() -> None:
    declared = read_parameters('segment: str = "smb"  # which "part" = of the book\ntop: int\n').parameters
    segment, top = declared["segment"], declared["top"]
    assert (str(segment.type), segment.default, segment.required) == ("str", "smb", False)
    assert segment.help == 'which "part" = of the book'
    assert (str(top.type), top.required) == ("int", True)


def test_a_default_tells_the_type_where_there_is_no_annotation() -> None:
    declared = read_parameters("top = 10\nshare = .5\nname = 'x'\nfast = True\nids = ['a']").parameters
    assert [str(p.type) for p in declared.values()][:4] == ["int", "float", "str", "bool"]
    assert declared["ids"].type.accepts(["b"])


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("segment: str =", "not_python"),
        ("%matplotlib inline", "not_python"),
        ("import os", "not_a_parameter"),
        ("a, b = 1, 2", "not_a_parameter"),
        ("print('x')", "not_a_parameter"),
        ("x: int = len('a')", "default_not_literal"),
        ("x: int = 'a'", "default_of_wrong_type"),
        ("x: int = True", "default_of_wrong_type"),
        ("x: list[int] = (1, 2)", "default_of_wrong_type"),
        ("x = None", "no_type"),
        ("x = (1, 2)", "no_type"),
        ("x: Path = None", "no_type"),
        ("x: tuple[int]", "no_type"),
        ("x: int = 1\nx: str = ''", "declared_twice"),
        ("x\0: int = 1", "not_python"),
    ],
)
def test_a_cell_that_is_more_or_less_than_parameters_is_refused(source: str, rule: str) -> None:
    assert [problem.rule for problem in read_parameters(source).problems] == [rule]


def test_all_problems_of_a_cell_are_told_at_once_with_their_line() -> None:
    problems = read_parameters("import os\nx: Path\ny: int = 'a'").problems
    assert [(problem.row, problem.rule) for problem in problems] == [
        (1, "not_a_parameter"),
        (2, "no_type"),
        (3, "default_of_wrong_type"),
    ]


@pytest.mark.parametrize(
    ("annotation", "accepted", "refused"),
    [
        ("str", ["", "00123", "日本"], [1, None, ["a"], "\ud800"]),
        ("int", [0, -(10**30)], [True, 1.0, "1"]),
        ("float", [1, 1.5], [float("nan"), float("inf"), True, "1.5"]),
        ("bool", [True], [1, "true"]),
        ("str | None", [None, "a"], [1]),
        ("Optional[int]", [None, 1], ["1"]),
        ("'int | None'", [None, 1], ["1"]),
        ("list[str]", [[], ["a"]], [("a",), ["a", 1], "a"]),
        ("dict[str, int]", [{}, {"a": 1}], [{1: 1}, {"a": "b"}]),
        ("Literal['on', 'off', 1]", ["on", 1], ["up", True, 1.0]),
        ("list", [["a", 1, None]], [[["a"]], ("a",)]),
    ],
)
def test_a_type_accepts_exactly_its_values(annotation: str, accepted: list[Any], refused: list[Any]) -> None:
    kind = type_from(annotation)
    assert [value for value in accepted if not kind.accepts(value)] == []
    assert [value for value in refused if kind.accepts(value)] == []


def test_an_unknown_name_is_refused_with_the_near_one() -> None:
    declared = read_parameters("segment: str = 'a'").parameters
    (problem,) = problems_of(declared, {"segmnt": "b"}, "t.ipynb")
    assert (problem.rule, problem.remedy) == ("unknown_parameter", 'Did you mean "segment"?')


def test_wrong_type_missing_value_and_unknown_segment_are_told_together() -> None:
    source = "segment: str\ntop: int = 3\nlang: str"
    found = rules(source, {"segment": "nowhere", "top": "3", "x\nimport os": 1}, segment=["smb"])
    assert found == ["missing_parameter", "unknown_parameter", "unknown_unit", "wrong_type"]


def test_text_that_a_person_types_stays_text_unless_the_template_says_otherwise() -> None:
    assert type_from("str").from_text("00123") == "00123"
    assert type_from("str").from_text("12E4") == "12E4"
    assert type_from("int").from_text("00123") == 123
    assert type_from("str | None").from_text("none") is None
    assert type_from("float").from_text("1e3") == 1000.0
    assert type_from("list[int]").from_text("[1, 2]") == [1, 2]
    assert type_from("Literal[1, 'a']").from_text("1") == 1


@pytest.mark.parametrize(
    ("annotation", "text"), [("int", "１２"), ("int", "1_0"), ("float", "nan"), ("bool", "1"), ("list[float]", "[NaN]")]
)
def test_text_that_is_not_of_the_type_is_refused(annotation: str, text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        type_from(annotation).from_text(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_a_value_reaches_the_kernel_as_the_value_that_was_given(value: Any) -> None:
    assert ast.literal_eval(PythonTranslator.translate(value)) == value
