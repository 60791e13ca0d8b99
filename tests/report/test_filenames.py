"""File names of units are safe, distinct and stable whatever the unit is called."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.report.filenames import file_names

SAFE = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")
ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)
NEAR_TEXT = st.text(alphabet="aAbB-_ .éÉé\u0301", max_size=6)


@given(st.sets(ANY_TEXT | NEAR_TEXT, max_size=12))
def test_distinct_units_have_distinct_safe_names(units: set[str]) -> None:
    names = file_names(units)
    assert names.keys() == units
    assert all(SAFE.fullmatch(name) and len(name.encode()) < 120 for name in names.values())
    folded = {unicodedata.normalize("NFC", name.casefold()) for name in names.values()}
    assert len(folded) == len(units)


def likeness(unit: str) -> str:
    return unit.casefold().replace(" ", "_")


@given(st.sets(ANY_TEXT | NEAR_TEXT, max_size=6), ANY_TEXT | NEAR_TEXT)
def test_the_name_of_a_unit_stays_when_another_unit_comes(units: set[str], other: str) -> None:
    before = file_names(units)
    after = file_names(units | {other})
    assert all(after[unit] == before[unit] for unit in units if likeness(unit) != likeness(other))


@pytest.mark.parametrize("unit", ["smb", "SMB", "Mid-Market", "tier_2", "00123"])
def test_a_unit_that_is_already_safe_keeps_its_name(unit: str) -> None:
    assert file_names([unit]) == {unit: unit}


def test_spaces_between_words_are_readable() -> None:
    assert file_names(["Public sector"]) == {"Public sector": "Public_sector"}
    assert "Public_sector" not in file_names(["Public sector", "Public_sector"]).values()


@pytest.mark.parametrize(
    "unit",
    ["../x", "Acme {EU}", "日本" * 50, "", ".", "..", "a\0b", "CON", "lpt1", "a/b", "a" * 41, "x" * 10_000, "-x"],
)
def test_other_units_get_what_is_readable_and_a_hash(unit: str) -> None:
    name = file_names([unit])[unit]
    assert re.fullmatch(r"[A-Za-z0-9-]+-[0-9a-f]{12}", name), name


def test_readable_letters_stay_readable() -> None:
    assert file_names(["Acme {EU}"])["Acme {EU}"].startswith("Acme-EU-")


def test_units_that_differ_in_case_or_in_normal_form_only_stay_apart() -> None:
    units = ["smb", "SMB", "é", "e\u0301"]
    assert len({name.casefold() for name in file_names(units).values()}) == 4


def test_a_unit_named_like_the_hashed_name_of_another_does_not_collide() -> None:
    hashed = file_names(["Acme {EU}"])["Acme {EU}"]
    names = file_names(["Acme {EU}", hashed])
    assert names["Acme {EU}"] == hashed != names[hashed]
