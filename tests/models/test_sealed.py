from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from csworkbench.errors import CsworkbenchError
from csworkbench.models.forecasts.sealed import seal, sealed_forecasts

DAYS = (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30))


def forecast_of(expected: float) -> pd.DataFrame:
    row = ("all", "company", "company", "2026Q2", "nnmrr", expected, expected - 10, expected + 1 / 3, 12)
    columns = ["owner_kind", "owner", "name", "quarter", "measure", "expected", "low", "high", "n_accounts"]
    return pd.DataFrame([row], columns=columns)


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    return [seal(forecast_of(100.0 + n), tmp_path, day, f"data{n}", "1.0") for n, day in enumerate(DAYS)]


def test_what_is_sealed_is_read_back_to_the_last_digit(three: list[Path]) -> None:
    found = sealed_forecasts(three[0].parent)
    assert not found.faults
    assert [(one.number, one.as_of, one.data_hash, one.version) for one in found.forecasts] == [
        (n + 1, day, f"data{n}", "1.0") for n, day in enumerate(DAYS)
    ]
    assert [float(one.forecast["high"].iloc[0]) for one in found.forecasts] == [100 + 1 / 3, 101 + 1 / 3, 102 + 1 / 3]


def test_only_forecasts_of_an_earlier_day_are_given(three: list[Path]) -> None:
    assert [one.as_of for one in sealed_forecasts(three[0].parent, before=DAYS[2]).forecasts] == list(DAYS[:2])


def test_the_seal_is_the_sha256_of_the_content_and_of_the_seal_before(three: list[Path]) -> None:
    first, second = (json.loads(path.read_text(encoding="utf-8")) for path in three[:2])
    said = second.pop("seal")
    text = json.dumps(second, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert said == hashlib.sha256(text.encode()).hexdigest()
    assert second["previous"] == first["seal"]


def test_the_same_forecast_is_written_once(three: list[Path]) -> None:
    assert seal(forecast_of(101.0), three[0].parent, DAYS[1], "data1", "1.0") == three[1]
    assert sorted(three[0].parent.iterdir()) == three


def test_a_corrected_forecast_of_the_same_day_stands_beside_the_first(three: list[Path]) -> None:
    again = seal(forecast_of(90.0), three[0].parent, DAYS[1], "data1", "1.0")
    assert again.name == "0004-2026-06-30.json"
    assert len(sealed_forecasts(again.parent).forecasts) == 4


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_changed_number_is_found_and_does_not_count(three: list[Path], number: int) -> None:
    text = three[number].read_text(encoding="utf-8")
    three[number].write_text(text.replace("10" + str(number) + ".0", "55.0"), encoding="utf-8")
    found = sealed_forecasts(three[0].parent)
    assert [one.number for one in found.forecasts] == [n for n in (1, 2, 3) if n != number + 1]
    assert found.faults == (f"{three[number].name} was changed after it was sealed; the forecast in it does not count",)


def test_a_changed_forecast_with_a_seal_of_its_own_is_found_by_the_one_after(three: list[Path]) -> None:
    facts = json.loads(three[0].read_text(encoding="utf-8"))
    facts["forecast"][0][5] = 1.0
    facts.pop("seal")
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    facts["seal"] = hashlib.sha256(text.encode()).hexdigest()
    three[0].write_text(json.dumps(facts), encoding="utf-8")
    (fault,) = sealed_forecasts(three[0].parent).faults
    assert fault.startswith("0002-2026-06-30.json was not sealed over forecast 1 as it is now")


def test_a_forecast_taken_away_from_the_middle_is_missed(three: list[Path]) -> None:
    three[1].unlink()
    (fault,) = sealed_forecasts(three[0].parent).faults
    assert fault.startswith("0003-2026-09-30.json does not follow forecast 1")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', '{"format": 99, "seal": "x"}'])
def test_a_file_that_is_no_forecast_is_named(three: list[Path], text: str) -> None:
    three[2].write_text(text, encoding="utf-8")
    found = sealed_forecasts(three[0].parent)
    assert len(found.forecasts) == 2
    assert len(found.faults) == 1
    assert found.faults[0].startswith("0003-2026-09-30.json ")


def test_nothing_is_sealed_over_a_changed_file(three: list[Path]) -> None:
    three[0].write_text("{}", encoding="utf-8")
    with pytest.raises(CsworkbenchError, match=r"no forecast was added.*0001-2026-03-31\.json"):
        seal(forecast_of(7.0), three[0].parent, date(2026, 12, 31), "data9", "1.0")


def test_a_folder_that_is_not_there_holds_no_forecasts(tmp_path: Path) -> None:
    found = sealed_forecasts(tmp_path / "never")
    assert (found.forecasts, found.faults) == ((), ())
