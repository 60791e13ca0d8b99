"""Factors: what really goes with an outcome is found, noise is not, and every number has a second count."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from databases import snapshot_of
from small_panel import UNTIL, drawn, month_ends, panel_of

from csworkbench.data.settings import Settings
from csworkbench.models.frames import shaped
from csworkbench.models.trial.factors import factor_flags, factors, phases
from csworkbench.models.trial.named_reasons import named_reasons
from csworkbench.models.trial.step_factors import step_factors

JOURNEY = [{"id": "kickoff", "days": 20}, {"id": "live", "days": 40, "first_value": True}]
SETTINGS = Settings.model_validate({"company": {"name": "A", "currency": "USD"}, "journey": JOURNEY})
START = pd.Timestamp("2026-01-01")


def view_of(**tables: pd.DataFrame):
    ids = sorted({name for frame in tables.values() for name in frame.get("account_id", [])})
    accounts = pd.DataFrame({"account_id": ids, "started_on": START})
    items = pd.DataFrame({"subscription_id": ids, "account_id": ids, "starts_on": START, "mrr": 100})
    return snapshot_of({"accounts": accounts, "subscriptions": items, **tables}, SETTINGS).as_of(UNTIL)


def company(seed=3):
    """Accounts that leave four times as often while their seats stand empty; half of them, switching now and then."""
    generator, ends = np.random.default_rng(seed), month_ends(30)
    rows, events = [], []
    for account in range(300):
        full = generator.random() < 0.5
        for end in ends:
            full = full ^ (generator.random() < 0.05)
            rows.append((f"A{account:03}", end, 0.8 if full else 0.2, float(generator.random() < 0.3)))
            if generator.random() < (0.01 if full else 0.04):
                events.append((f"A{account:03}", "churn", end + pd.Timedelta(days=9)))
                break
    told = pd.DataFrame(events, columns=["account_id", "kind", "on"])
    names = ["account_id", "month_end", "seat_utilisation", "champion_left_180d"]
    return panel_of(pd.DataFrame(rows, columns=names), told[told["on"] <= pd.Timestamp(UNTIL)])


def nothing(panel):
    return pd.DataFrame(index=panel.rows.index)


def test_a_true_factor_is_found_with_its_size_and_noise_is_not():
    panel = company()
    found = factors(view_of(), panel, nothing(panel)).set_index("factor")
    full = found.loc["seats_in_use"]
    assert (full["phase"], full["outcome"], full["effect"], full["measure"]) == (
        "operation",
        "churn",
        "success",
        "hazard_ratio",
    )
    assert full["low"] < 0.25 < full["high"] < 0.6
    assert full["q_value"] < 0.001
    assert found.loc["champion_left", "q_value"] > 0.05


def test_counts_and_mrr_are_of_accounts_with_and_without_the_factor():
    panel = company()
    found = factors(view_of(), panel, nothing(panel)).set_index("factor").loc["seats_in_use"]
    judged = panel.rows[panel.rows["month_end"] < panel.rows["month_end"].max()]
    full = judged["seat_utilisation"] > 0.5
    assert found["n_with"] == judged.loc[full, "account_id"].nunique()
    assert found["n_without"] == judged.loc[~full, "account_id"].nunique()
    last = judged.drop_duplicates("account_id", keep="last").set_index("account_id")
    gone = last.loc[panel.events["account_id"], "seat_utilisation"] > 0.5
    assert found["mrr"] == 100 * gone.sum()


def test_of_many_exposures_that_mean_nothing_about_none_is_found():
    panel = drawn(200, 30, 0.02)
    draw = np.random.default_rng(1)
    exposed = pd.DataFrame((draw.random((len(panel.rows), 60)) < 0.3).astype(float), index=panel.rows.index)
    found = factors(view_of(), panel, exposed.add_prefix("asset_"))
    assert len(found) == 60
    assert (found["p_value"] < 0.05).sum() >= 1
    assert (found["q_value"] < 0.05).sum() == 0


def test_groups_of_fewer_than_five_accounts_are_left_out():
    panel = company()
    few = pd.DataFrame({"asset_x": panel.rows["account_id"].isin(["A000", "A001", "A002", "A003"]).astype(float)})
    assert "asset_x" not in set(factors(view_of(), panel, few)["factor"])


def test_what_was_not_measured_is_neither_with_nor_without():
    panel = company()
    gaps = panel.rows["seat_utilisation"].mask(panel.rows["account_id"] < "A100")
    flags = factor_flags(panel_of(panel.rows.assign(seat_utilisation=gaps), panel.events), nothing(panel))
    assert flags["seats_in_use"].isna().sum() == (panel.rows["account_id"] < "A100").sum()


def test_phases_by_hand():
    rows = pd.DataFrame({"account_id": list("ABCD"), "month_end": month_ends(1)[0]})
    rows = rows.assign(first_value_reached=[0, 1, 1, 0], months_to_renewal=[5, 2.5, np.nan, 1])
    panel = panel_of(rows, pd.DataFrame({"account_id": [], "kind": [], "on": []}))
    assert phases(panel).tolist() == ["onboarding", "renewal", "operation", "renewal"]


def landmarks():
    """40 accounts wait for the step live; ten of twelve with a video reach it in time, ten of the others do."""
    ids = [f"A{n:02}" for n in range(40)]
    kickoff = pd.DataFrame({"account_id": ids, "milestone": "kickoff", "reached_on": START})
    quick = pd.DataFrame({"account_id": ["Q1", "Q2"], "milestone": "kickoff", "reached_on": START})
    in_time = ids[:10] + ids[12:22]
    live = pd.DataFrame({"account_id": in_time, "milestone": "live", "reached_on": START + pd.Timedelta(days=30)})
    early = pd.DataFrame({"account_id": ["Q1", "Q2"], "milestone": "live", "reached_on": START + pd.Timedelta(days=5)})
    late = pd.DataFrame({"account_id": ids[10:11], "milestone": "live", "reached_on": START + pd.Timedelta(days=70)})
    used = pd.DataFrame({"account_id": [*ids[:12], "Q1", "Q2"], "asset": "video", "step": "live"})
    used = used.assign(used_on=START + pd.Timedelta(days=4))
    too_late = pd.DataFrame({"account_id": ids[30:], "asset": "video", "step": "live"})
    too_late = too_late.assign(used_on=START + pd.Timedelta(days=25))
    other = pd.DataFrame({"account_id": ids[20:30], "asset": "guide", "step": "kickoff"})
    other = other.assign(used_on=START + pd.Timedelta(days=4))
    milestones = pd.concat([kickoff, quick, live, early, late])
    return view_of(milestones=milestones, assets=pd.concat([used, too_late, other]))


def test_a_step_is_judged_from_half_way_through_its_days():
    panel = panel_of(pd.DataFrame({"account_id": ["A00"], "month_end": month_ends(1)}), company().events.head(0))
    found = pd.DataFrame(step_factors(landmarks(), panel)).set_index(["phase", "factor"])
    row = found.loc[("live", "asset_video")]
    assert (row["n_with"], row["n_without"]) == (12, 28)  # the quick two had no need of it; day 25 is too late
    assert row["value"] == pytest.approx((10 / 12) / (10 / 28))
    assert (row["effect"], row["outcome"], row["measure"]) == ("success", "step_in_time", "lift")
    assert row["mrr"] == 100  # of the one account that the panel knows
    assert ("live", "asset_guide") not in found.index


def test_reasons_by_hand():
    day = pd.Timestamp("2026-05-10")
    said = [
        ("A0", "price"),
        ("A1", "price"),
        ("A1", "competitor"),
        ("A2", "competitor"),
        ("A3", "price"),
        ("A4", "other"),
    ]
    named = pd.DataFrame(said, columns=["account_id", "factor"]).assign(named_on=day, event="churn", phase="operation")
    few = pd.DataFrame({"account_id": ["A5"], "factor": "x", "named_on": day, "event": "expansion", "phase": None})
    events = pd.DataFrame({"account_id": ["A0", "A1", "A2"], "kind": "churn", "on": day - pd.Timedelta(days=20)})
    events = events.assign(mrr_change=[10.0, 20.0, 40.0])
    old = events.head(1).assign(on=day - pd.Timedelta(days=200), mrr_change=999.0)
    panel = panel_of(pd.DataFrame({"account_id": ["A0"], "month_end": month_ends(1)}), pd.concat([events, old]))
    found = named_reasons(view_of(factors=pd.concat([named, few])), panel).set_index("factor")
    assert found["n_with"].to_dict() == {"competitor": 2, "other": 1, "price": 3}
    assert found["n_without"].to_dict() == {"competitor": 3, "other": 4, "price": 2}
    assert found["value"].to_dict() == pytest.approx({"competitor": 0.4, "other": 0.2, "price": 0.6})
    assert found["mrr"].to_dict() == {"competitor": 60, "other": 0, "price": 30}
    assert set(found["effect"]) == {"failure"}


def test_the_frame_has_the_shape_that_is_promised():
    panel = company()
    frame = shaped("factors", factors(landmarks(), panel, nothing(panel)))
    assert set(frame["measure"]) == {"hazard_ratio", "lift"}
    assert panel.until == date(2026, 9, 30)
