"""Frames as files and as text: nothing becomes a formula, days are days, what is missing is empty."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from csworkbench.cli.written import as_json, as_text, write_frames

FRAME = pd.DataFrame(
    {
        "name": ["=1+1", "株式会社", None],
        "on": pd.to_datetime(["2026-09-30", None, "2026-01-02"]),
        "value": [-1.5, np.nan, 2.0],
        "codes": [["a", "-b"], [], ["c"]],
    }
)


def test_a_csv_holds_no_formula_and_reads_back_as_it_was(tmp_path):
    folder = write_frames({"frame": FRAME}, tmp_path / "out")
    lines = (folder / "frame.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["name,on,value,codes", "'=1+1,2026-09-30,-1.5,a; -b", "株式会社,,,", ",2026-01-02,2.0,c"]
    assert (folder / "frame.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    kept = pd.read_parquet(folder / "frame.parquet")
    assert kept["name"].tolist()[:2] == ["=1+1", "株式会社"]
    assert kept["codes"].map(list).tolist() == FRAME["codes"].tolist()


def test_json_has_days_and_nulls():
    told = json.loads(as_json({"frame": FRAME}, as_of="2026-09-30"))
    assert told["as_of"] == "2026-09-30"
    assert told["frames"]["frame"][1] == {"name": "株式会社", "on": None, "value": None, "codes": []}
    assert told["frames"]["frame"][0]["on"] == "2026-09-30"


def test_a_table_of_text_shows_a_dash_for_what_is_missing():
    lines = as_text(FRAME[["on", "value"]], 1).splitlines()
    assert [line.split() for line in lines] == [
        ["on", "value"],
        ["2026-09-30", "-1.5"],
        ["-", "-"],
        ["2026-01-02", "2.0"],
    ]
