"""The evaluation of a whole workspace: the sample, real exports, and that the future never counts."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from databases import snapshot_of

from csworkbench.cli import cli
from csworkbench.data.settings import Settings
from csworkbench.data.workspace import open_workspace
from csworkbench.models.frames import shaped
from csworkbench.models.panel import build_panel
from csworkbench.models.trial.backtest import backtest
from csworkbench.models.trial.evaluation import FRAMES, evaluate, rivals
from csworkbench.schema import TABLES
from csworkbench.simulate import simulate

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("evaluation")

REAL = Path(__file__).parent.parent / "real"
DAY = date(2026, 3, 31)
LATER = date(2026, 9, 30)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, 160, 36, 4, LATER.isoformat(), "parquet")
    return open_workspace(folder).snapshot()


@pytest.fixture(scope="module")
def judged(simulated):
    return evaluate(simulated, DAY)


def raw_tables(snapshot) -> dict[str, pd.DataFrame]:
    return {name: snapshot.engine.query(f"SELECT * FROM {where}") for name, where in snapshot.relations.items()}


def known_rows(name: str, frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """Rows that had occurred and were recorded by the day."""
    kept = frame
    for column in (TABLES[name].occurred, "recorded_at"):
        if column:
            kept = kept[~(pd.to_datetime(kept[column]).dt.normalize() > pd.Timestamp(day))]
    return kept


def test_every_frame_is_there_in_its_shape_or_says_why_not(judged):
    assert set(judged.frames) | set(judged.absent) == set(FRAMES)
    assert not set(judged.frames) & set(judged.absent)
    for name, frame in judged.frames.items():
        pd.testing.assert_frame_equal(frame, shaped(name, frame))


def test_rows_of_later_and_their_order_change_nothing(simulated, judged):
    frames = {name: known_rows(name, frame, DAY) for name, frame in raw_tables(simulated).items()}
    assert sum(map(len, frames.values())) < 0.95 * sum(map(len, raw_tables(simulated).values()))
    mixed = {name: frame.sample(frac=1, random_state=1) for name, frame in frames.items()}
    again = evaluate(snapshot_of(mixed, simulated.settings), DAY)
    assert again.absent == judged.absent
    for name, frame in judged.frames.items():
        pd.testing.assert_frame_equal(again.frames[name], frame, check_exact=False, rtol=1e-6)


def test_all_scores_are_judged_on_the_same_accounts(judged):
    card = judged.frames["scorecard"].query("segment == 'all'").set_index("score")
    assert {"churn_model", "weighted", "naive:usage_halved", "naive:last_rate"} <= set(card.index)
    assert card["n"].drop("churn_model").nunique() == 1
    assert card.loc["churn_model", "n"] <= card["n"].max()
    assert (card["n_events"] > 0).all()


def test_those_who_left_in_the_quarter_are_looked_at_ninety_days_before(simulated, judged):
    panel = build_panel(simulated, DAY)
    left = panel.events[(panel.events["kind"] == "churn") & (panel.events["on"] > "2025-12-31")]
    found = judged.frames["post_mortem"]
    assert set(found["account_id"]) == set(left["account_id"])
    weighted = next(scorer for scorer in rivals(simulated, panel) if scorer.name == "weighted")
    scored = backtest(simulated, panel, [weighted]).set_index(["account_id", "month_end"])
    for row in found.itertuples():
        last = row.decided_on - pd.Timedelta(days=90)
        month_end = (last + pd.Timedelta(days=1)) - pd.offsets.MonthEnd(1)
        band = scored["band"].get((row.account_id, month_end))
        assert row.weighted_band_90d_before == band or (pd.isna(row.weighted_band_90d_before) and pd.isna(band))


def test_a_company_without_history_says_so_in_words():
    ids = [f"A{n}" for n in range(8)]
    accounts = pd.DataFrame({"account_id": ids, "started_on": pd.Timestamp("2026-08-03")})
    items = pd.DataFrame({"subscription_id": ids, "account_id": ids, "starts_on": pd.Timestamp("2026-08-03"), "mrr": 9})
    settings = Settings.model_validate({"company": {"name": "A", "currency": "USD"}})
    found = evaluate(snapshot_of({"accounts": accounts, "subscriptions": items}, settings), LATER)
    assert "three months have to be over" in found.absent["scorecard"]
    assert found.absent["post_mortem"] == "no account decided to leave in the quarter"
    assert "signals" in found.frames
    nobody = evaluate(snapshot_of({"accounts": accounts, "subscriptions": items}, settings), date(2026, 7, 31))
    assert set(nobody.absent) == set(FRAMES)
    assert nobody.absent["factors"] == "no account pays on any month-end"


def workspace_of(name: str, real_data: Path, tmp_path: Path) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(REAL / name / "workspace.toml", folder)
    for file in (real_data / name).iterdir():
        (folder / file.name).symlink_to(file)
    return folder


def test_ravenstack_loses_too_few_accounts_for_any_verdict(real_data, tmp_path):
    snapshot = open_workspace(workspace_of("ravenstack", real_data, tmp_path)).snapshot()
    card = evaluate(snapshot, date(2024, 12, 31)).frames["scorecard"].query("segment == 'all'").set_index("score")
    assert "churn_model" not in card.index
    assert card.loc["weighted", "verdict"] == "not_estimable"
    assert card.loc["weighted", "n_events"] < 5  # by the subscriptions; flags and churn events contradict them


@pytest.mark.slow
def test_flowstack_behaviour_tells_nothing_of_who_leaves(real_data, tmp_path):
    snapshot = open_workspace(workspace_of("saas_flowstack", real_data, tmp_path)).snapshot()
    found = evaluate(snapshot, date(2026, 6, 30)).frames
    card = found["scorecard"].query("segment == 'all'").set_index("score")
    for rule in ("naive:usage_halved", "naive:renewal_90_days"):
        assert abs(card.loc[rule, "roc_auc"] - 0.5) < 0.03
    assert (found["signals"]["lift"].dropna() < 1.3).all()
    assert card.loc["churn_model", "verdict"] == "not_better"


def test_the_command_prints_a_table_and_writes_every_frame(sample, tmp_path, monkeypatch):
    judged = CliRunner().invoke(
        cli, ["evaluate", str(sample), "--output", str(tmp_path / "out")], standalone_mode=False
    )
    assert judged.return_value == 0, judged.output
    assert "Hibiori Cloud, as known on 2026-09-30" in judged.output
    assert "not_better" in judged.output and "naive:usage_halved" in judged.output
    for name in FRAMES:
        frame = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        plain = pd.read_csv(tmp_path / "out" / f"{name}.csv", encoding="utf-8-sig", dtype=str)
        assert list(plain.columns) == list(frame.columns)
        assert len(plain) == len(frame)


def test_the_command_speaks_json(tmp_path):
    simulate(tmp_path, 30, 14, 4, "2025-03-31", "parquet", "monthly")
    judged = CliRunner().invoke(
        cli, ["evaluate", str(tmp_path), "--as-of", "2025-03-31", "--json"], standalone_mode=False
    )
    told = json.loads(judged.output)
    assert told["as_of"] == "2025-03-31"
    assert set(told["frames"]) | set(told["absent"]) == set(FRAMES)
    assert {row["score"] for row in told["frames"]["scorecard"]} >= {"weighted"}
    assert all(row["decided_on"][:4] == "2025" for row in told["frames"]["post_mortem"])
