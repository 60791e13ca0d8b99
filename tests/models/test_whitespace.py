from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from databases import snapshot_of
from hypothesis import given
from hypothesis import strategies as st
from quarterly_company import SETTINGS

from csworkbench.data.settings import parse_settings
from csworkbench.data.snapshot import View
from csworkbench.models.forecasts.whitespace import (
    _accounts,
    holding_peers,
    product_spans,
    reason_against,
    take_rates,
    whitespace,
)

Item = tuple[str, str, str, str | None, float]


def view_of(items: list[Item], entitlements: pd.DataFrame | None = None, as_of: str = "2026-09-30") -> View:
    """items: account, product, starts_on, ends_on, mrr."""
    account, product, starts_on, ends_on, mrr = (list(column) for column in zip(*items, strict=True))
    tables = {
        "accounts": pd.DataFrame({"account_id": sorted(set(account)), "segment": "smb"}),
        "subscriptions": pd.DataFrame(
            {
                "subscription_id": [f"s{k}" for k in range(len(items))],
                "account_id": account,
                "product": product,
                "starts_on": starts_on,
                "ends_on": pd.Series(ends_on, dtype="str"),
                "mrr": mrr,
            }
        ),
    }
    if entitlements is not None:
        tables["entitlements"] = entitlements
    return snapshot_of(tables, parse_settings(SETTINGS)).as_of(as_of)


def core(*accounts: str, starts_on: str = "2024-01-01", mrr: float = 100.0) -> list[Item]:
    return [(account, "core", starts_on, None, mrr) for account in accounts]


SIX = [*core(*"abcdef"), *[(account, "extra", "2025-10-01", None, 20.0) for account in "bc"]]


def test_whitespace_is_what_an_account_does_not_hold_and_others_do() -> None:
    found = whitespace(view_of(SIX))
    assert found[["account_id", "product"]].to_numpy().tolist() == [[account, "extra"] for account in "adef"]


def test_peers_are_counted_without_the_account_itself() -> None:
    row = whitespace(view_of(SIX)).iloc[0]
    assert (row["n_peers"], row["peers"]) == (5, 2 / 5)


def test_the_price_is_that_of_the_entitlement_else_the_ratio_that_holders_pay() -> None:
    listed = pd.DataFrame({"account_id": ["a"], "feature": ["Extra"], "list_price_mrr": [33.0]})
    assert whitespace(view_of(SIX, listed))["mrr"].tolist() == pytest.approx([33.0, 20.0, 20.0, 20.0])


def test_too_few_takers_give_no_probability() -> None:
    found = whitespace(view_of(SIX))
    assert found["p"].isna().all() and found["expected_mrr"].isna().all()


def test_the_rate_of_taking_is_events_by_months_watched() -> None:
    takers = [(account, "extra", "2025-10-01", None, 20.0) for account in "abcde"]
    view = view_of([*core(*"abcdefghij"), *takers])
    spans = product_spans(view)
    rate = take_rates(view, spans, _accounts(view, spans)).loc["extra"].iloc[0]
    months = (5 * (date(2025, 10, 1) - date(2024, 9, 30)).days + 5 * (date(2026, 9, 30) - date(2024, 9, 30)).days) / (
        365.25 / 12
    )
    assert (rate["n_events"], rate["rate"]) == (5, pytest.approx(5 / months))
    p = whitespace(view)["p"].to_numpy()
    assert p == pytest.approx(1 - np.exp(-12 * 5 / months))


def test_a_product_bought_with_the_first_contract_is_no_taking() -> None:
    view = view_of([*core(*"abcdefg"), *[(account, "extra", "2024-01-01", None, 20.0) for account in "abcdef"]])
    assert whitespace(view)["p"].isna().all()


def test_a_product_given_up_is_named_with_its_day_and_gets_no_probability() -> None:
    takers = [(account, "extra", "2025-10-01", None, 20.0) for account in "bcdefg"]
    view = view_of([*core(*"abcdefgh"), *takers, ("a", "extra", "2025-01-01", "2026-07-01", 20.0)])
    found = whitespace(view).set_index("account_id")
    assert found.loc["a", "dropped_on"] == pd.Timestamp("2026-07-01")
    assert np.isnan(found.loc["a", "p"]) and found.loc["h", "p"] > 0 and pd.isna(found.loc["h", "dropped_on"])


def test_an_account_that_said_it_leaves_is_offered_nothing() -> None:
    view = view_of([*SIX, *core("g")])
    leaving = view_of([*SIX, ("g", "core", "2024-01-01", "2026-09-30", 100.0)], as_of="2026-09-29")
    assert "g" in set(whitespace(view)["account_id"])
    assert set(whitespace(leaving)["account_id"]) == set("adefg")
    told = [(account, "core", "2024-01-01", None, 100.0) for account in "abcdef"]
    decided = snapshot_of(
        {
            "accounts": pd.DataFrame({"account_id": list("abcdef"), "segment": "smb"}),
            "subscriptions": pd.DataFrame(
                [
                    (f"s{k}", *item, "2026-09-01" if item[0] == "a" else None)
                    for k, item in enumerate([*told, ("b", "extra", "2025-01-01", None, 20.0)])
                ],
                columns=["subscription_id", "account_id", "product", "starts_on", "ends_on", "mrr", "decided_on"],
            ).assign(ends_on=lambda f: f["ends_on"].where(f["account_id"] != "a", "2026-12-31")),
        },
        parse_settings(SETTINGS),
    ).as_of("2026-09-30")
    assert set(whitespace(decided)["account_id"]) == set("cdef")


def test_with_one_product_there_is_no_whitespace_and_the_reason_is_said() -> None:
    assert reason_against(view_of(core("a", "b"))) == "only 1 product is sold; 2 are needed"
    assert reason_against(view_of(SIX)) == ""


def slow_peers(segment: list[str], mrr: list[float], held: list[bool]) -> list[tuple[float, int]]:
    found = []
    for k in range(len(mrr)):
        others = [j for j in range(len(mrr)) if j != k]
        same = [j for j in others if segment[j] == segment[k]]
        near = [j for j in same if mrr[k] / 2 <= mrr[j] <= mrr[k] * 2]
        peers = near if len(near) >= 5 else same if len(same) >= 5 else others
        share = sum(held[j] for j in peers) / len(peers) if len(peers) >= 5 else float("nan")
        found.append((share, len(peers)))
    return found


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from([1.0, 2.0, 3.0, 5.0, 8.0, 20.0]), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_peers_equal_the_slow_ones(accounts: list[tuple[str, float, bool]]) -> None:
    segment, mrr, held = (list(column) for column in zip(*accounts, strict=True))
    share, n_peers = holding_peers(np.array(segment), np.array(mrr), np.array(held))
    slow = slow_peers(segment, mrr, held)
    assert n_peers.tolist() == [n for _, n in slow]
    assert share == pytest.approx([value for value, _ in slow], nan_ok=True)
