"""Signals: a small company counted by hand, a slow second count, and noise that must stay noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_panel import drawn, month_ends, panel_of

from csworkbench.models.trial.rules import SIGNALS, Signal
from csworkbench.models.trial.signals import firing, signal_register, signals_now

ENDS = month_ends(13)
CHURN = "churn"


def ten_accounts():
    """Ten accounts of 13 months from September 2025; five raise an alarm in November, three of them leave in March."""
    rows, events = [], []
    for account in range(10):
        leaves = account < 3
        for month, end in enumerate(ENDS):
            if leaves and month > 5:
                break
            rows.append((f"A{account}", end, float(account < 5 and month in (2, 3)), 100.0 * (account + 1)))
        if leaves:
            events.append((f"A{account}", CHURN, pd.Timestamp("2026-03-10")))
    events.append(("A9", CHURN, pd.Timestamp("2026-09-20")))
    panel = panel_of(
        pd.DataFrame(rows, columns=["account_id", "month_end", "alarm", "mrr"]),
        pd.DataFrame(events, columns=["account_id", "kind", "on"]),
    )
    return panel, pd.DataFrame({"alarm": panel.rows["alarm"] > 0})


def register(panel, held, kind=CHURN, **kwargs):
    return signal_register(panel, held, dict.fromkeys(held.columns, kind), **kwargs)


def test_five_alarms_of_which_three_were_right():
    panel, held = ten_accounts()
    found = register(panel, held).iloc[0]
    assert (found["n_fired"], found["n_true"], found["precision"]) == (5, 3, 0.6)
    assert found["base_rate"] == pytest.approx(3 / 10)  # in November 2025 three of ten accounts leave within 6 months
    assert found["lift"] == pytest.approx(2)
    assert found["recall"] == pytest.approx(3 / 4)  # A9 left too, without an alarm
    assert found["median_lead_days"] == 100  # 30 November to 10 March
    assert found["mrr_attached"] == 100 + 200 + 300
    assert found["false_per_true"] == pytest.approx(2 / 3)
    assert found["p_value"] == pytest.approx(0.16308, abs=1e-5)  # binomial: 3 or more of 5 at .3
    assert (found["low"], found["high"]) == pytest.approx((0.2307, 0.8824), abs=1e-4)  # Wilson: 3 of 5
    assert (found["accounts_now"], found["mrr_now"]) == (0, 0)


def test_an_alarm_that_goes_on_is_one_and_fires_again_only_after_the_horizon():
    panel, held = ten_accounts()
    month = panel.month
    again = held.assign(alarm=held["alarm"] | (panel.rows["account_id"].eq("A4") & np.isin(month, [-6, -5])).to_numpy())
    assert register(panel, again)["n_fired"].iloc[0] == 5
    assert register(panel, again, horizon_months=3)["n_fired"].iloc[0] == 6


def test_what_already_held_on_the_first_row_is_no_alarm():
    panel, held = ten_accounts()
    first = ~panel.rows["account_id"].duplicated()
    assert register(panel, pd.DataFrame({"alarm": first}))["n_fired"].iloc[0] == 0
    assert register(panel, held | pd.DataFrame({"alarm": first}))["n_fired"].iloc[0] == 5


def test_an_alarm_whose_horizon_is_not_over_is_not_judged_yet():
    panel, _ = ten_accounts()
    late = pd.DataFrame({"alarm": panel.month > -6})
    found = register(panel, late).iloc[0]
    assert found["n_fired"] == 0
    assert found["accounts_now"] == 7
    assert found["mrr_now"] == 100 * (4 + 5 + 6 + 7 + 8 + 9 + 10)


def test_rates_of_fewer_than_five_alarms_are_not_shown():
    panel, held = ten_accounts()
    few = held & ~panel.rows["account_id"].eq("A4").to_numpy()[:, None]
    found = register(panel, few).iloc[0]
    assert (found["n_fired"], found["n_true"]) == (4, 3)
    assert found[["precision", "lift", "recall", "p_value", "q_value"]].isna().all()


def test_since_when_a_signal_holds():
    panel, _ = ten_accounts()
    held = pd.DataFrame({"alarm": (panel.month >= -3) | (panel.month == -8)})
    found = signals_now(panel, held, {"alarm": CHURN})
    assert set(found["since"]) == {pd.Timestamp("2026-06-30")}
    assert found["account_id"].tolist() == [f"A{n}" for n in range(3, 10)]


def slow_count(panel, held, horizon_days_of):
    """Alarms by a plain walk through each account: (fired, right, alarmed decisions)."""
    fired, right = 0, 0
    ends = sorted(panel.rows["month_end"].unique())
    for account, rows in panel.rows.assign(held=held).groupby("account_id"):
        left = panel.events.loc[panel.events["account_id"] == account, "on"]
        before, last = None, None
        for row in rows.itertuples():
            place = ends.index(row.month_end)
            begins = row.held and before is False and (last is None or place - last >= 6)
            before = row.held
            if begins:
                last = place
                if place + 6 < len(ends):
                    fired += 1
                    right += bool(((left > row.month_end) & (left <= ends[place + 6])).any())
    return fired, right


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_counts_equal_those_of_a_plain_walk(seed):
    panel = drawn(15, 20, 0.05, seed)
    held = pd.DataFrame({"alarm": np.random.default_rng(seed + 1).random(len(panel.rows)) < 0.3})
    found = register(panel, held).iloc[0]
    assert (found["n_fired"], found["n_true"]) == slow_count(panel, held["alarm"], 6)


def noise(panel, n_signals, seed=1):
    """Signals that start at random and last a while."""
    starts = np.random.default_rng(seed).random((len(panel.rows), n_signals)) < 0.02
    lasting = starts | np.roll(starts, 1, axis=0) | np.roll(starts, 2, axis=0)
    return pd.DataFrame(lasting, columns=[f"noise_{n}" for n in range(n_signals)])


def test_of_two_hundred_identical_noise_signals_about_none_is_found():
    panel = drawn(400, 36, 0.015)
    found = register(panel, noise(panel, 200))
    assert found["lift"].mean() == pytest.approx(1, abs=0.05)
    assert 1 <= (found["p_value"] < 0.05).sum() <= 12
    assert (found["q_value"] < 0.05).sum() == 0


def test_a_real_signal_among_them_is_found():
    panel = drawn(400, 36, 0.015)
    ahead = panel.rows["account_id"].map(panel.events.set_index("account_id")["on"]) - panel.rows["month_end"]
    real = ahead.dt.days.between(0, 100) & (np.random.default_rng(0).random(len(ahead)) < 0.4)
    found = register(panel, noise(panel, 200).assign(real=real)).set_index("signal")
    assert found.loc["real", "q_value"] < 0.001
    assert found.loc["real", "lift"] > 5


def test_rows_in_another_order_and_decisions_of_others_change_nothing():
    panel, held = ten_accounts()
    mixed = panel.events.sample(frac=1, random_state=1)
    stranger = pd.DataFrame({"account_id": ["Z"], "kind": [CHURN], "on": [pd.Timestamp("2026-01-01")]})
    other = replace(panel, events=pd.concat([mixed, stranger], ignore_index=True))
    pd.testing.assert_frame_equal(register(other, held), register(panel, held))


def test_a_signal_without_its_feature_is_not_in_the_register_and_null_never_fires():
    panel, _ = ten_accounts()
    rows = panel.rows.assign(days_silent=[np.nan, 45.0] + [0.0] * (len(panel.rows) - 2))
    held = firing(replace(panel, rows=rows))
    assert list(held.columns) == ["silent"]
    assert held["silent"].tolist()[:3] == [False, True, False]


RULES = {
    "usage_halved": ({"usage_trend_3m": [0.5, 0.51]}, [True, False]),
    "silent": ({"days_silent": [30, 29]}, [True, False]),
    "low_use": ({"seat_utilisation": [0.3, 0.31]}, [True, False]),
    "seats_at_limit": ({"seat_utilisation": [0.9, 0.89]}, [True, False]),
    "champion_left": ({"champion_left_180d": [1, 0]}, [True, False]),
    "ticket_storm": ({"tickets_90d": [5, 4]}, [True, False]),
    "detractor": ({"nps_last": [6, 6, 7], "nps_age_days": [365, 366, 1]}, [True, False, False]),
    "promoter": ({"nps_last": [9, 9, 8], "nps_age_days": [365, 366, 1]}, [True, False, False]),
    "failed_payment": ({"failed_payments_90d": [1, 0]}, [True, False]),
    "contraction": ({"mrr_change_6m": [-0.01, 0, 0.01]}, [True, False, False]),
    "grew_before": ({"mrr_change_6m": [-0.01, 0, 0.01]}, [False, False, True]),
    "renewal_soon": ({"months_to_renewal": [3, 3.1]}, [True, False]),
    "stuck_step": ({"stuck": [1, 0]}, [True, False]),
    "new_milestone": ({"milestones_reached": [1, 2, 2]}, [False, True, False]),
    "new_feature_use": ({"feature_breadth": [0.2, 0.2, 0.2, 0.4, 0.2]}, [False, False, False, True, False]),
}


@pytest.mark.parametrize("code", RULES)
def test_rules_hold_at_their_limits(code):
    given_, expected = RULES[code]
    rows = pd.DataFrame(given_, dtype="float64").assign(account_id="A")
    signal: Signal = SIGNALS[code]
    assert set(signal.features) <= set(given_)
    assert signal.holds(rows).fillna(False).tolist() == expected
    nothing = rows.assign(**dict.fromkeys(given_, np.nan))
    assert not signal.holds(nothing).fillna(False).any()
