"""A quarter of the sample company measured in Spark: every frame as from the embedded engine, and a pack of it."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from csworkbench import cli
from csworkbench.data.settings import Engine
from csworkbench.data.warehouse import open_warehouse
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.quarter import measure_quarter
from csworkbench.metrics.team.quarter import measure_team
from csworkbench.models.panel.panel import build_panel

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]

ON_SPARK = Engine.model_validate({"kind": "spark", "url_env": "TEST_SPARK", "schema": "sample"})
QUARTER = Quarter.parse("2026Q3")


def test_a_quarter_of_the_sample_is_the_same_to_the_last_digit(spark, opened, monkeypatch):
    snapshot = opened.snapshot()
    spark.upload(snapshot, "sample")
    monkeypatch.setenv("TEST_SPARK", spark.url)
    warehouse = open_warehouse(snapshot.settings.model_copy(update={"engine": ON_SPARK})).snapshot()
    here, there = snapshot.as_of(QUARTER.closing), warehouse.as_of(QUARTER.closing)
    expected, actual = measure_quarter(here, QUARTER), measure_quarter(there, QUARTER)
    assert list(actual.frames) == list(expected.frames)
    assert len(expected.frames) > 15
    for name, frame in expected.frames.items():
        loading = ["dropped", "dropped_rules", "tolerated"] if name == "freshness" else []
        found = actual.frame(name).drop(columns=loading)
        pd.testing.assert_frame_equal(found, frame.drop(columns=loading), check_exact=True, obj=name)
    team, same = measure_team(here, expected), measure_team(there, actual)
    assert len(team.frames) > 15
    for name, frame in team.frames.items():
        pd.testing.assert_frame_equal(same.frame(name), frame, check_exact=True, obj=name)
    panel, also = (build_panel(each, QUARTER.closing, n_months=3) for each in (snapshot, warehouse))
    assert len(panel.rows) > 200
    pd.testing.assert_frame_equal(also.rows, panel.rows, check_exact=True)


def test_a_pack_is_made_from_tables_in_spark_and_shows_no_address(spark, opened, monkeypatch, tmp_path, capfd):
    spark.upload(opened.snapshot(), "few", ("accounts", "subscriptions"))
    monkeypatch.setenv("TEST_SPARK", spark.url)
    toml = (opened.path / "workspace.toml").read_text()
    kept = re.sub(r"^\[engine\][^\[]*", "", toml, flags=re.M)
    engine = '\n[engine]\nkind = "spark"\nurl_env = "TEST_SPARK"\nschema = "few"\n'
    (tmp_path / "workspace.toml").write_text(kept + engine)
    asked = ["--quarter", "2026Q3", "--packs", "executive", "--lang", "en", "--output", str(tmp_path / "packs")]
    done = cli.main(["qbr", str(tmp_path), *asked])
    said = "".join(capfd.readouterr())
    assert done == 0, said
    pages = list((tmp_path / "packs").rglob("*.html"))
    assert any("executive" in str(page) for page in pages)
    for page in [path for path in (tmp_path / "packs").rglob("*") if path.is_file()]:
        assert f":{spark.port}".encode() not in page.read_bytes(), page
    assert str(spark.port) not in said
