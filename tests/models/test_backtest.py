"""The backtest: it knows only what was known, scores every rival alike, and does not profit from the future."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from databases import snapshot_of
from sklearn.metrics import roc_auc_score

from csworkbench.data.settings import Settings
from csworkbench.models.panel import build_panel
from csworkbench.models.panel.labels import label
from csworkbench.models.trial.backtest import Scorer, backtest, closings, known_on
from csworkbench.models.trial.naive import naive_scorers
from csworkbench.models.trial.scorecard import judged
from csworkbench.models.trial.vendor import vendor_scorers

UNTIL = date(2026, 9, 30)
FIRST = pd.Timestamp("2023-06-15")


def company(n=150, hazard=0.03, seed=0, late_days=0):
    """Accounts that leave at random; after leaving each fills in an exit survey, and half a year before some survey.

    late_days: how much later than it happened a survey of before the decision is recorded.
    """
    generator = np.random.default_rng(seed)
    items, surveys = [], []
    for account in range(n):
        name = f"A{account:03}"
        days = int(generator.geometric(hazard / 30))
        leaves = FIRST + pd.Timedelta(days=days)
        decided = leaves - pd.Timedelta(days=20)
        gone = decided > FIRST and leaves <= pd.Timestamp(UNTIL)
        item = {"subscription_id": name, "account_id": name, "starts_on": FIRST, "mrr": 100}
        items.append(item | ({"ends_on": leaves, "decided_on": decided} if gone else {}))
        answers = [(FIRST + pd.Timedelta(days=int(d)), int(generator.integers(0, 11))) for d in range(20, 1200, 170)]
        answers = [(on, score) for on, score in answers if not gone or on < decided]
        if gone:
            answers.append((decided + pd.Timedelta(days=3), 0))
            answers.append((decided - pd.Timedelta(days=30), 1))
        for on, score in answers:
            late = pd.Timedelta(days=late_days if gone and score == 1 else 0)
            surveys.append(
                {"account_id": name, "answered_on": on, "kind": "nps", "score": score, "recorded_at": on + late}
            )
    return {
        "accounts": pd.DataFrame({"account_id": [f"A{n_:03}" for n_ in range(n)], "started_on": FIRST}),
        "subscriptions": pd.DataFrame(items),
        "surveys": pd.DataFrame(surveys).query("answered_on <= @UNTIL.isoformat()"),
    }


SETTINGS = Settings.model_validate({"company": {"name": "A", "currency": "USD"}})


@pytest.fixture(scope="module")
def small():
    snapshot = snapshot_of(company(late_days=60), SETTINGS)
    return snapshot, build_panel(snapshot, UNTIL)


def unhappy(rows):
    return pd.DataFrame({"risk": -rows["nps_last"].fillna(11)}, index=rows.index)


def of_rows(name, predict):
    return Scorer(name, lambda known: predict)


def test_a_survey_filled_in_after_leaving_is_of_no_use(small):
    snapshot, panel = small
    tested = judged(backtest(snapshot, panel, [of_rows("survey", unhappy)]))
    honest = roc_auc_score(tested["y"], tested["risk"])
    answers = snapshot.as_of(UNTIL).table("surveys").sort_values("answered_on").groupby("account_id")["score"]
    leaky = roc_auc_score(tested["y"], -tested["account_id"].map(answers.last()))
    assert leaky > 0.8
    assert honest < 0.6


def test_an_answer_recorded_too_late_is_of_no_use_and_one_recorded_in_time_is(small):
    snapshot = snapshot_of(company(late_days=0), SETTINGS)
    panel = build_panel(snapshot, UNTIL)
    tested = judged(backtest(snapshot, panel, [of_rows("survey", unhappy)]))
    in_time = roc_auc_score(tested["y"], tested["risk"])
    late = judged(backtest(*small, [of_rows("survey", unhappy)]))
    assert in_time > roc_auc_score(late["y"], late["risk"]) + 0.05


def test_what_a_scorer_is_trained_on_was_known_on_the_day(small):
    snapshot, panel = small
    seen = []

    def train(known):
        day = pd.Timestamp(known.until)
        assert (known.rows["month_end"] <= day).all()
        assert (known.events["on"] <= day).all()
        target = label(known, "churn", 0, 3)
        over = known.rows["month_end"] <= day - pd.DateOffset(months=3) + pd.offsets.MonthEnd(0)
        assert target[~over].isna().all()
        seen.append(known.until)
        return lambda rows: pd.DataFrame({"risk": 0.0}, index=rows.index)

    backtest(snapshot, panel, [Scorer("spy", train)])
    assert seen == [day for _, day in closings(snapshot, panel)]
    assert len(seen) == 8 and seen[-1] == date(2026, 6, 30)


def test_a_decision_told_later_is_not_known_before():
    frames = company(20)
    told = frames["subscriptions"].dropna(subset=["decided_on"]).iloc[0]
    day = (told["decided_on"] + pd.offsets.MonthEnd(0)).date()
    first = frames["subscriptions"].assign(recorded_at=FIRST, ends_on=pd.NaT, decided_on=pd.NaT)
    second = frames["subscriptions"].assign(recorded_at=told["decided_on"] + pd.Timedelta(days=100)).loc[[told.name]]
    snapshot = snapshot_of(frames | {"subscriptions": pd.concat([first, second])}, SETTINGS)
    panel = build_panel(snapshot, UNTIL)
    account = told["account_id"]
    assert account in set(panel.events["account_id"])
    assert account not in set(known_on(snapshot, panel, day).events["account_id"])
    later = (pd.Timestamp(day) + pd.offsets.MonthEnd(4)).date()
    assert account in set(known_on(snapshot, panel, later).events["account_id"])


def test_outcomes_are_decisions_within_three_months_of_each_closing(small):
    snapshot, panel = small
    tested = judged(backtest(snapshot, panel, [of_rows("none", lambda rows: pd.DataFrame({"risk": 0.0}, rows.index))]))
    decided = panel.events[panel.events["kind"] == "churn"].set_index("account_id")["on"]
    on = tested["account_id"].map(decided)
    expected = (on > tested["closing"]) & (on <= tested["closing"] + pd.offsets.QuarterEnd(1))
    assert tested["y"].tolist() == expected.astype(float).tolist()
    assert not tested.duplicated(["account_id", "closing"]).any()
    assert (tested["month_end"] == tested["closing"]).all()


def test_between_closings_rows_are_scored_for_the_look_back_but_not_judged(small):
    tested = backtest(*small, [of_rows("survey", unhappy)])
    between = tested["month_end"] != tested["closing"]
    assert tested.loc[between, "y"].isna().all()
    assert set(tested["month_end"].dt.month[between]) == {1, 2, 4, 5, 7, 8, 10, 11}
    assert (tested["month_end"] >= tested["closing"]).all()


def test_as_of_any_day_the_closings_lie_three_months_apart(small):
    snapshot, _ = small
    panel = build_panel(snapshot, date(2026, 8, 14))
    assert [day for _, day in closings(snapshot, panel, 3)] == [
        date(2025, 11, 14),
        date(2026, 2, 14),
        date(2026, 5, 14),
    ]
    tested = judged(backtest(snapshot, panel, naive_scorers(panel)))
    assert len(tested)


def test_the_last_rate_is_that_of_the_three_months_before(small):
    snapshot, panel = small
    tested = judged(backtest(snapshot, panel, naive_scorers(panel)))
    rates = tested[tested["score"] == "naive:last_rate"].groupby("closing").agg(risk=("risk", "first"), y=("y", "mean"))
    assert rates["risk"].iloc[1:].tolist() == pytest.approx(rates["y"].iloc[:-1].tolist())


def test_a_vendor_is_judged_by_its_last_score_known_on_the_day():
    frames = company(40)
    days = pd.to_datetime(["2026-05-10", "2026-06-20", "2026-07-05"])
    ids = frames["accounts"]["account_id"]
    given = [
        pd.DataFrame({"account_id": ids, "day": day, "score": score, "band": band, "source": "v", "recorded_at": known})
        for day, score, band, known in zip(
            days, (10.0, 20.0, 30.0), ("Red", "Green", "Green"), (days[0], days[2], days[2]), strict=True
        )
    ]
    snapshot = snapshot_of(frames | {"vendor_health": pd.concat(given)}, SETTINGS)
    panel = build_panel(snapshot, UNTIL)
    (scorer,) = vendor_scorers(snapshot, panel)
    tested = backtest(snapshot, panel, [scorer])
    by_day = tested.groupby("month_end").agg(risk=("risk", "first"), green=("green", "first"), band=("band", "first"))
    assert scorer.name == "vendor:v"
    assert np.isnan(by_day.loc["2026-03-31", "risk"])
    assert by_day.loc["2026-06-30", ["risk", "green", "band"]].tolist() == [-10, False, "Red"]
    assert by_day.loc["2026-07-31", ["risk", "green", "band"]].tolist() == [-30, True, "Green"]


def test_psi_tells_how_the_accounts_moved_and_not_that_the_model_was_learned_anew(small):
    def lasting(rows):
        return rows["account_id"].str[1:].astype(float)

    def another_level_each_time(known):
        return lambda rows: pd.DataFrame({"risk": lasting(rows) + 1000.0 * known.until.toordinal()})

    anew = Scorer("anew", another_level_each_time)
    older = of_rows("older", lambda rows: pd.DataFrame({"risk": rows["tenure_months"] + lasting(rows) / 1000}))
    tested = backtest(*small, [anew, older])
    assert (tested.groupby(["score", "quarter"])["psi"].nunique(dropna=False) == 1).all()
    psi = tested.groupby(["score", "closing"])["psi"].first()
    assert psi.loc["anew"].isna().tolist() == psi.loc["older"].isna().tolist() == [True] + [False] * 7
    assert psi.loc["anew"].max() < 0.1
    assert psi.loc["older"].min() > 1
