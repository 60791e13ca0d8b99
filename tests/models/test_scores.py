"""Scores of a whole workspace, and of those with next to nothing in them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from databases import snapshot_of
from late_company import JOURNEY_SETTINGS

from csworkbench.cli import cli
from csworkbench.data.snapshot import Snapshot
from csworkbench.errors import CsworkbenchError, UnknownName
from csworkbench.models.frames import FRAMES, HORIZONS
from csworkbench.models.leaving.scores import expected_months
from csworkbench.models.panel import build_panel
from csworkbench.models.panel.features import CODES
from csworkbench.models.parts import Parts
from csworkbench.models.quarter import QuarterScores, load_scores, score_quarter

# One worker loads the sample and makes what these tests share.
pytestmark = pytest.mark.xdist_group("sample")

AS_OF = date(2026, 9, 30)


@pytest.fixture(scope="module")
def snapshot(opened) -> Snapshot:
    return opened.snapshot()


@pytest.fixture(scope="module")
def scores(snapshot) -> QuarterScores:
    return score_quarter(snapshot, AS_OF)


def test_every_account_that_pays_has_one_score(snapshot, scores):
    paying = snapshot.as_of(AS_OF).sql(
        "SELECT account_id, sum(mrr) AS mrr FROM subscriptions WHERE ends_on IS NULL OR ends_on > $day"
        " GROUP BY account_id HAVING sum(mrr) > 0 ORDER BY account_id",
        day=AS_OF,
    )
    frame = scores.frame("scores")
    assert frame["account_id"].tolist() == paying["account_id"].tolist()
    np.testing.assert_allclose(frame["mrr"], paying["mrr"])


def test_health_band_and_money_follow_from_the_probabilities(scores):
    frame = scores.frame("scores")
    np.testing.assert_allclose(frame["health"], 100 * (1 - frame["p_churn_3"]))
    np.testing.assert_allclose(frame["money_at_risk"], frame["p_churn_12"] * frame["mrr"] * 12)
    bands = np.select([frame["health"] >= 95, frame["health"] >= 85], ["green", "yellow"], "red")
    assert frame["band"].tolist() == bands.tolist()
    p = frame[[f"p_churn_{k}" for k in HORIZONS]].to_numpy()
    assert (np.diff(p, axis=1) >= 0).all()
    assert ((p >= 0) & (p <= 1)).all()
    assert frame["coverage"].between(0, 1).all()


def test_an_account_that_has_given_notice_has_left_for_sure(snapshot, scores):
    frame = scores.frame("scores").set_index("account_id")
    leaving = build_panel(snapshot, AS_OF, 1).leaving["account_id"]
    assert len(leaving)
    assert (frame.loc[leaving, "p_churn_1"] == 1).all()
    assert (frame.loc[leaving, "note"] == "has said that it leaves").all()
    assert (frame.drop(leaving)["p_churn_12"] < 1).all()


def test_reasons_are_known_codes_in_order_of_rank(scores):
    churn = scores.frame("reasons").query("kind == 'churn'")
    assert set(churn["code"]) <= set(CODES)
    weight = np.fmax(churn["contribution"], 8 * churn["rise"])
    assert (weight.groupby(churn["account_id"]).diff().dropna() <= 1e-12).all()
    assert {"book", "own_past"} == set(churn["versus"])


def test_scores_of_a_day_do_not_depend_on_what_came_later(snapshot):
    day = date(2025, 12, 31)
    tables = {name: snapshot.as_of(day).table(name) for name in ("accounts", "subscriptions", "usage", "milestones")}
    later = {name: snapshot.as_of(AS_OF).table(name) for name in tables}
    versions = {name: pd.concat([tables[name], frame]).drop_duplicates() for name, frame in later.items()}
    before, after = (_churn(given, snapshot, day) for given in (tables, {**tables, "usage": versions["usage"]}))
    pd.testing.assert_frame_equal(before, after)


def test_what_an_explorer_makes_part_by_part_is_what_a_run_makes(snapshot, scores):
    parts = Parts(snapshot, AS_OF)
    made = {"scores": parts.growth, "reasons": parts.growth, "survival": parts.churn, "whitespace": parts.whitespace}
    assert set(scores.frame("reasons")["versus"].dropna()) == {"book", "own_past"}
    for name, part in made.items():
        keys = ["account_id", *(key for key in ("kind", "rank", "month", "product") if key in scores.frame(name))]
        pair = [found.frame(name).sort_values(keys, ignore_index=True) for found in (part, scores)]
        pd.testing.assert_frame_equal(*pair, obj=name)


def _churn(tables: dict[str, pd.DataFrame], snapshot: Snapshot, day: date) -> pd.DataFrame:
    from csworkbench.models.leaving.hazard import fit_hazard

    panel = build_panel(snapshot_of(tables, snapshot.settings), day)
    return pd.DataFrame(fit_hazard(panel).p_churn(panel.now), index=panel.now["account_id"])


def test_saved_scores_come_back_as_they_were(scores, tmp_path):
    again = load_scores(scores.save(tmp_path))
    assert again.as_of == scores.as_of
    assert dict(again.absent) == dict(scores.absent)
    for name, frame in scores.frames.items():
        pd.testing.assert_frame_equal(again.frame(name), frame)


def test_a_folder_without_scores_and_a_frame_that_does_not_exist_are_refused(scores, tmp_path):
    with pytest.raises(CsworkbenchError, match="holds no scores"):
        load_scores(tmp_path)
    with pytest.raises(UnknownName, match="there is no frame"):
        scores.frame("score")


def company(*items: tuple[str, str, str | None], **tables: pd.DataFrame) -> Snapshot:
    rows = pd.DataFrame(items, columns=["account_id", "starts_on", "ends_on"])
    rows = rows.assign(subscription_id=[f"s{k}" for k in range(len(rows))], mrr=10.0)
    accounts = pd.DataFrame({"account_id": sorted(set(rows["account_id"])), "segment": "smb"})
    return snapshot_of({"accounts": accounts, "subscriptions": rows, **tables}, JOURNEY_SETTINGS)


@pytest.mark.parametrize(
    "given",
    [
        [("a", "2024-01-01", None)],
        [(f"{k}", "2024-01-01", None) for k in range(40)],
        [(f"{k}", "2026-08-01", None) for k in range(40)],
        [(f"{k}", "2024-01-01", "2026-05-01" if k < 3 else None) for k in range(40)],
    ],
    ids=["one account", "nobody ever left", "two months old", "three left"],
)
def test_too_little_history_makes_no_probability_and_every_row_says_why(given):
    found = score_quarter(company(*given), AS_OF)
    scores = found.frame("scores")
    assert scores[[f"p_churn_{k}" for k in HORIZONS]].isna().all(axis=None)
    assert scores[["expected_months", "money_at_risk"]].isna().all(axis=None)
    assert scores["note"].str.contains("a month (95%)", regex=False).all()
    assert set(scores["model"]) == {"weighted health v1"}
    assert scores["health"].to_numpy() == pytest.approx(found.frame("weighted_health")["score"], nan_ok=True)
    assert "survival" not in found.frames
    assert "20 are needed" in found.absent["survival"]
    assert "20 are needed" in found.absent["reasons"]


def test_who_has_said_that_it_leaves_is_certain_even_where_nothing_can_be_estimated():
    said = {"decided_on": "2026-08-20", "recorded_at": "2026-08-20", "ends_on": "2026-12-01"}
    items = [{"account_id": name, "starts_on": "2024-01-01", "mrr": 10.0} for name in "ab"]
    rows = pd.DataFrame([items[0] | said, items[1]]).assign(subscription_id=["s1", "s2"])
    accounts = pd.DataFrame({"account_id": ["a", "b"], "segment": "smb"})
    found = score_quarter(snapshot_of({"accounts": accounts, "subscriptions": rows}, JOURNEY_SETTINGS), AS_OF)
    leaving = found.frame("scores").set_index("account_id").loc["a"]
    assert leaving["note"] == "has said that it leaves"
    assert leaving["p_churn_1"] == 1
    assert leaving["money_at_risk"] == 120
    assert leaving["health"] == 0


def test_nobody_who_pays_is_said():
    found = score_quarter(company(("a", "2024-01-01", "2025-01-01")), AS_OF)
    assert found.absent["scores"] == "no account pays"


def test_a_workspace_without_subscriptions_is_said():
    accounts = pd.DataFrame({"account_id": ["a"]})
    found = score_quarter(snapshot_of({"accounts": accounts}, JOURNEY_SETTINGS), AS_OF)
    assert found.absent["scores"] == "there is no table subscriptions"


def test_a_company_with_subscriptions_alone_is_scored():
    rng = np.random.default_rng(2)
    ends = [f"2026-{rng.integers(1, 10):02d}-11" if k < 60 else None for k in range(200)]
    found = score_quarter(company(*((f"{k:03d}", "2025-01-01", end) for k, end in enumerate(ends))), AS_OF)
    frame = found.frame("scores")
    assert len(frame) == 140
    assert frame["p_churn_1"].mean() == pytest.approx(60 / (170 * 9), rel=0.5)


def test_restricted_mean_of_a_certain_stay_is_the_whole_span_and_of_an_instant_leaver_half_a_month():
    curves = np.array([[1.0] * 36, [0.0] * 36])
    np.testing.assert_allclose(expected_months(curves), [36, 0.5])


def test_the_command_writes_every_frame_twice_and_names_where(sample, tmp_path, monkeypatch):
    monkeypatch.setattr("csworkbench.models.quarter.score_quarter", _only_text)
    place = tmp_path / "out"
    place.mkdir()
    (place / "survival.csv").write_text("old")
    (place / "mine.txt").write_text("mine")
    result = CliRunner().invoke(cli, ["score", str(sample), "--as-of", "2026-09-30", "--output", str(place)])
    assert result.exit_code == 0, result.output
    assert sorted(file.name for file in place.iterdir()) == [
        "mine.txt", "reasons.csv", "reasons.parquet", "scores.csv", "scores.json", "scores.parquet",
    ]  # fmt: skip
    assert "no survival: too young" in result.output
    assert str(place) in result.output
    text = (place / "scores.csv").read_text(encoding="utf-8-sig")
    assert "'=1+1" in text


def _only_text(*_: object) -> QuarterScores:
    columns = {name: [0.5 if type_ == "float64" else None] for name, type_ in FRAMES["scores"].items()}
    from csworkbench.models.frames import empty, shaped

    frame = pd.DataFrame({**columns, "account_id": ["=1+1"], "note": [""], "band": ["red"], "name": ["x"]})
    found = {"scores": shaped("scores", frame), "reasons": empty("reasons")}
    return QuarterScores(AS_OF, found, {"survival": "too young"})


def test_a_day_that_is_no_day_is_refused(sample):
    assert CliRunner().invoke(cli, ["score", str(sample), "--as-of", "2026-13-01"]).exit_code == 2
