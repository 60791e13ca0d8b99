"""workspace.toml is read strictly: every wrong key is named as it stands in the file, with what was meant."""

from __future__ import annotations

import pytest

from csworkbench.data.settings import parse_settings, read_settings
from csworkbench.errors import Problem, SettingsError

BASE = """
[company]
name = "Example"
[tables.accounts]
path = "accounts.csv"
"""


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('[tables.accounts.columns]\ncountry = { colum = "x" }', "tables.accounts.columns.country.colum", '"column"'),
        ("[tables.accounts.columns]\ncountry = 3", "tables.accounts.columns.country", "text in quotes or a table"),
        ('[tables.accounts.columns]\ncuntry = "c"', "tables.accounts.columns.cuntry", '"country"'),
        ('[tables.acounts]\npath = "a.csv"', "tables.acounts", '"accounts"'),
        ('[tables.usage]\npath = ["a.csv", 3]', "tables.usage.path.1", "text in quotes"),
        ('[tables.usage]\non_orphan = "dropp"', "tables.usage.on_orphan", 'Did you mean "drop"'),
        ('[tables.usage.lookups.p]\npath = "p.csv"\non = "x"\ntake = {}', "tables.usage.lookups.p.on", "a table"),
        ('[tables.usage.lookups.p]\npath = "p.csv"\non = {}', "tables.usage.lookups.p.take", "is needed"),
        ('[engin]\nkind = "duckdb"', "engin", '"engine"'),
        ('[engine]\nkind = "postgres"', "engine.url_env", "is needed"),
        ('[engine]\nkind = "duckdb"\nschem = "x"', "engine.schem", '"schema"'),
        ('[segments]\ncolumn = "industri"', "segments.column", '"industry"'),
        ('[adoption]\npeers = "sizes"', "adoption.peers", "no column of accounts"),
        ("[adoption]\nweights = { seat = 1 }", "adoption.weights.seat", '"seats"'),
        ("[adoption]\nbands = { high = 200 }", "adoption.bands.high", "at most 100"),
        ('[[journey]]\nid = "a"\nday = 3', "journey.0.day", '"days"'),
        ("[rates]\nUSD = 0", "rates.USD", "above 0"),
    ],
)
def test_a_wrong_key_is_named_as_it_stands_in_the_file(text, place, said):
    (found,) = problems(BASE + text)
    assert found.column == place
    assert said in f"{found.said} {found.remedy}"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('languages = ["english"]', "company.languages"),
        ('currency = "Euro"', "company.currency"),
        ("fiscal_year_start = 13", "company.fiscal_year_start"),
        ('exported_on = "30/09/2026"', "company.exported_on"),
        ('exported_on = ""', "company.exported_on"),
        ('nam = "x"', "company.nam"),
    ],
)
def test_a_wrong_key_of_the_company_is_named(text, place):
    assert [p.column for p in problems(f'[company]\nname = "Example"\n{text}\n')] == [place]


def test_all_wrong_keys_are_listed_at_once():
    text = BASE + '[engin]\nkind = 1\n[rates]\nUSD = -1\n[tables.usag]\npath = "u.csv"\n'
    assert [p.column for p in problems(text)] == ["engin", "rates.USD", "tables.usag"]


def test_a_syntax_error_says_its_line():
    (found,) = problems("[company]\nname = Example\n")
    assert "line 2" in found.said


def test_a_folder_without_workspace_toml_says_how_to_get_one(tmp_path):
    with pytest.raises(SettingsError, match="csworkbench init"):
        read_settings(tmp_path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "workspace.toml").write_bytes("[company]\nname = '例'\n".encode("cp932"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_settings(tmp_path)
