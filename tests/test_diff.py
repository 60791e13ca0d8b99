"""csworkbench diff: what changed between two quarters, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from csworkbench import cli
from csworkbench.data.settings import parse_settings
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.frames import FRAMES, empty, shaped
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.metrics.trend import mrr_trend

SETTINGS = '[company]\nname = "Tide"\ncurrency = "EUR"\n[tables.accounts]\npath = "accounts.csv"\n'
KEYS = {"csm_id": "c1", "new": 0.0, "expansion": 0.0, "contraction": 0.0, "churn": 0.0, "reactivation": 0.0}


def saved(folder: Path, label: str, opening: float, closing: float) -> Path:
    """Measures of a quarter in which five accounts of one segment moved from the one MRR to the other."""
    import pandas as pd

    rows = [
        {**KEYS, "quarter": label, "account_id": f"a{at}", "segment": "smb", "mrr_open": opening, "mrr_close": closing}
        | {"expansion": max(closing - opening, 0.0), "contraction": max(opening - closing, 0.0)}
        for at in range(5)
    ]
    moves = shaped("movements", pd.DataFrame(rows))
    frames = {name: empty(name) for name in FRAMES} | {"movements": moves}
    frames["mrr_trend"] = shaped("mrr_trend", mrr_trend(moves))
    settings, quarter = parse_settings(SETTINGS), Quarter.parse(label)
    measures = QuarterMeasures(quarter, quarter.closing, settings, ("accounts",), frames, {})
    measures.save(folder / ".csworkbench" / "measures")
    return folder


@pytest.fixture
def two(tmp_path: Path) -> list[str]:
    sides = (("2026Q1", 100.0, 100.0), ("2026Q2", 100.0, 110.0))
    return [str(saved(tmp_path / label, label, *mrr)) for label, *mrr in sides]


def test_the_text_names_both_quarters_and_what_moved(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", *two]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["All", "accounts", "Q1", "2026", "Q2", "2026", "Change"]
    assert ["MRR", "€500", "€550", "+€50"] in lines
    assert ["Net", "revenue", "retention", "100.0%", "110.0%", "+10.0", "pt"] in lines


def test_the_text_can_be_japanese(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", *two, "--lang", "ja"]) == 0
    assert "2026年Q1" in capsys.readouterr().out


def test_json_holds_raw_numbers(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", *two, "--segment", "smb", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["old"], found["new"], found["segment"]) == ("2026Q1", "2026Q2", "smb")
    moved = {row["measure"]: row for row in found["frames"]["moved"]}
    assert moved["mrr_close"]["change"] == 50.0
    assert moved["nrr"]["new"] == pytest.approx(1.1)
    assert set(found["frames"]) == {"moved", "lists", "basis", "restated"}


def test_a_quarter_does_not_differ_from_itself(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", two[0], two[0]]) == 0
    assert capsys.readouterr().out == "Nothing differs between Q1 2026 and Q1 2026.\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [(["--segment", "smbb"], 'Did you mean "smb"?'), (["--lang", "jp"], "There is: en, ja")],
)
def test_what_is_not_there_is_refused(
    more: list[str], said: str, two: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diff", *two, *more]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_without_measures_is_refused_in_words(
    two: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diff", str(tmp_path), two[1]]) == 2
    assert "holds no measures of a quarter" in capsys.readouterr().err
