"""Companies in which everybody left, nobody left or next to nothing is known: a reason is said, and nothing breaks."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from databases import snapshot_of
from quarterly_company import AS_OF, company, settings

from csworkbench.cli.evaluate import _surest, _table
from csworkbench.cli.written import drop_stale
from csworkbench.models.quarter import score_quarter
from csworkbench.models.trial.evaluation import FRAMES, Evaluation, evaluate


@pytest.fixture(scope="module")
def tables():
    return company(150)


def everybody_left(tables):
    items = tables["subscriptions"]
    items = items[pd.to_datetime(items["starts_on"]) < "2025-10-01"].copy()
    stays = ~(pd.to_datetime(items["ends_on"]) < "2025-11-20")
    items.loc[stays, ["ends_on", "decided_on"]] = [date(2025, 11, 20), date(2025, 11, 5)]
    return snapshot_of(tables | {"subscriptions": items}, settings())


def nobody_left(tables):
    items = tables["subscriptions"].drop_duplicates("account_id", keep="first").assign(ends_on=None, decided_on=None)
    return snapshot_of(tables | {"subscriptions": items}, settings())


def test_where_everybody_left_there_is_no_account_to_score_and_nothing_to_forecast(tables):
    found = score_quarter(everybody_left(tables), AS_OF)
    assert found.absent["scores"] == found.absent["survival"] == "no account pays"
    forecast = found.frames["forecast"]
    mrr = forecast[(forecast["owner_kind"] == "company") & (forecast["measure"] == "closing_mrr")]
    assert (mrr[["expected", "low", "high"]] == 0).all(axis=None)


def test_where_nobody_left_the_upper_bound_is_said_and_no_probability_is_made(tables):
    known = nobody_left(tables)
    found = score_quarter(known, AS_OF)
    assert found.frames["scores"]["p_churn_3"].isna().all()
    assert "so at most 0.1% a month (95%)" in found.absent["survival"]
    assert found.absent["forecast"] == "only 0 accounts ever left; 5 are needed"
    card = evaluate(known, AS_OF).frames["scorecard"]
    assert "beats_naive" not in set(card["verdict"]) and card["roc_auc"].isna().all()


def test_without_subscriptions_every_frame_of_an_evaluation_says_why_it_is_missing(tables):
    found = evaluate(snapshot_of({"accounts": tables["accounts"]}, settings()), AS_OF)
    assert not found.frames
    assert dict(found.absent) == dict.fromkeys(FRAMES, "there is no table subscriptions")


def test_a_table_of_which_nothing_can_be_judged_says_so():
    signals = pd.DataFrame({"signal": ["silent"], "q_value": [None]}).astype({"q_value": "float64"})
    told = list(_table(Evaluation({"signals": signals}, {}), "signals", "early signs", {"signal": "sign"}, _surest))
    assert told == ["\nearly signs\ntoo little has happened to judge any"]


def test_files_of_frames_that_are_no_longer_made_go_and_others_stay(tmp_path):
    for name in ("drift", "signals", "scores"):
        (tmp_path / f"{name}.csv").touch()
    drop_stale(FRAMES, {"signals"}, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["scores.csv", "signals.csv"]
