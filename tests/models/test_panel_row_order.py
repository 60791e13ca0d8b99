"""No value of the panel depends on the order of rows in an export, not even where fractions are summed or dates tie."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from late_company import late_company, snapshot

from csworkbench.models.panel import build_panel
from csworkbench.models.panel.known import Months, Reader
from csworkbench.models.panel.months import anchor, month_no
from csworkbench.models.panel.usage_features import read_measured, read_usage

UNTIL = date(2025, 11, 30)
MONTHS = Months({0: UNTIL, -1: date(2025, 10, 31), -2: date(2025, 9, 30)})


@pytest.fixture(scope="module")
def tables():
    """Counts and ratings whose float sums differ with the order, and attributes with two values on one day."""
    drawn = np.random.default_rng(0)
    tables = late_company(6)
    n_usage = len(tables["usage"])
    tables["usage"] = tables["usage"].assign(
        count=np.round(drawn.random(n_usage), 2) + drawn.choice([0.1, 1e6, 1e11], n_usage), feature="core"
    )
    for table, rating in (("tickets", "csat"), ("surveys", "score")):
        tables[table] = tables[table].assign(**{rating: drawn.integers(1, 50, len(tables[table])) / 10})
    tables["surveys"]["kind"] = "csat"
    day = pd.Timestamp("2025-06-01")
    ids = np.repeat(tables["accounts"]["account_id"].to_numpy(dtype=object), 5)
    values = [f"S{k}" for k in range(5)] * len(tables["accounts"])
    tables["account_history"] = pd.DataFrame(
        {"account_id": ids, "attribute": "segment", "value": values, "valid_from": day, "recorded_at": day}
    )
    return tables


def shuffled(tables, seed):
    return snapshot({name: frame.sample(frac=1, random_state=seed) for name, frame in tables.items()})


def queries(known):
    reader, day = Reader(known, MONTHS), anchor(UNTIL)
    yield read_usage(reader, MONTHS, read_measured(reader))
    yield reader.rows("panel_usage_features", anchor=day, last=month_no(UNTIL, day))
    for name in ("panel_attributes", "panel_surveys"):
        yield reader.rows(name)
    yield reader.rows("panel_tickets", urgent=("urgent",))


def test_every_query_gives_the_same_to_the_last_bit_whatever_the_order_of_the_rows(tables):
    plain = list(queries(snapshot(tables)))
    assert all(len(frame) for frame in plain)
    for seed in range(3):
        for before, after in zip(plain, queries(shuffled(tables, seed)), strict=True):
            pd.testing.assert_frame_equal(before, after, check_exact=True)


def test_the_panel_of_fractions_is_the_same_to_the_last_bit(tables):
    plain, mixed = (build_panel(known, UNTIL, 6).rows for known in (snapshot(tables), shuffled(tables, 9)))
    pd.testing.assert_frame_equal(plain, mixed, check_exact=True)
    assert set(plain["segment"]) <= {f"S{k}" for k in range(5)} | {"unassigned"} | set(tables["accounts"]["segment"])


def test_ratings_in_fractions_are_averaged_as_written(tables):
    reader = Reader(snapshot(tables), MONTHS)
    found = reader.rows("panel_tickets", urgent=("urgent",)).query("month == 0").set_index("account_id")["csat_90d"]
    known = snapshot(tables).as_of(UNTIL).table("tickets")
    opened = pd.to_datetime(known["opened_at"]).dt.normalize()
    recent = known[(pd.Timestamp(UNTIL) - opened).dt.days < 90]
    by_hand = recent.groupby("account_id")["csat"].mean()
    np.testing.assert_allclose(found[by_hand.index].to_numpy(dtype=float), by_hand.to_numpy(dtype=float), rtol=1e-12)
