"""How much of the MRR hangs on few customers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..book import ALL

N_LISTED = 20
LARGEST = (1, 5, 10)


def roots(parents: Mapping[str, str | None]) -> dict[str, str]:
    """Account → the parent at the top of its group, itself where it has none.

    parents: account_id → parent_id or None. A parent that is no account ends the chain; accounts whose parents go
    round in a circle form one group, named after the first of them by id.
    """
    return {account: _root(account, parents) for account in parents}


def _root(account: str, parents: Mapping[str, str | None]) -> str:
    seen = [account]
    while (above := parents.get(seen[-1])) is not None and above in parents:
        if above in seen:
            return min(seen[seen.index(above) :])
        seen.append(above)
    return seen[-1]


def concentration(owned: pd.DataFrame) -> pd.DataFrame:
    """How the MRR of each quarter is spread over owners, per segment and for all.

    owned: one row per quarter × segment × unit × owner with mrr > 0. Returns n (owners), mrr, top_1, top_5 and top_10
    (shares of MRR of the largest owners) and hhi: the sum of squared shares × 10,000, in (0, 10,000].
    Source: Herfindahl–Hirschman index, as the US Department of Justice writes it.
    """
    both = pd.concat([owned.assign(segment=ALL), owned])
    keys = ["quarter", "segment", "unit"]
    summed = both[both["mrr"] > 0].groupby([*keys, "owner"])["mrr"].sum().reset_index()
    ranked = summed.sort_values([*keys, "mrr", "owner"], ascending=[True, True, True, False, True])
    whole = ranked.groupby(keys)["mrr"].transform("sum")
    ranked = ranked.assign(share=ranked["mrr"] / whole, place=ranked.groupby(keys).cumcount())
    groups = ranked.groupby(keys)
    found = pd.DataFrame({"n": groups.size(), "mrr": groups["mrr"].sum()})
    for n in LARGEST:
        found[f"top_{n}"] = ranked[ranked["place"] < n].groupby(keys)["share"].sum()
    found["hhi"] = 10_000 * ranked.assign(squared=ranked["share"] ** 2).groupby(keys)["squared"].sum()
    return found.reset_index()


def groups(owned: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The twenty largest groups per segment and of all, by MRR.

    owned: one row per account with segment, owner (the group's id) and mrr > 0. names: account_id → name. n_accounts:
    paying accounts of the group in that part of the book.
    """
    both = pd.concat([owned.assign(segment=ALL), owned])
    found = both.groupby(["segment", "owner"])["mrr"].agg(["size", "sum"]).reset_index()
    whole = found.groupby("segment")["sum"].transform("sum")
    found = found.assign(share=found["sum"] / whole).sort_values(
        ["segment", "sum", "owner"], ascending=[True, False, True], ignore_index=True
    )
    found["rank"] = found.groupby("segment").cumcount() + 1
    found = found[found["rank"] <= N_LISTED].rename(columns={"owner": "group_id", "size": "n_accounts", "sum": "mrr"})
    return found.assign(name=[names.get(id, id) for id in found["group_id"]])
