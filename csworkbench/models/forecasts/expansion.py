"""How likely each account is to buy more within three months, how much that would be, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from ..leaving.additive import Additive, Design, learn, unseen
from ..leaving.honest import honest_slope, level
from ..leaving.reasons import reasons_of
from ..panel import Panel
from ..panel.labels import label
from ..panel.months import month_numbers
from ..panel.splits import account_folds
from ..threads import one_thread
from .amounts import Amounts, Floats, amounts

HORIZON_MONTHS = 3
LEARNT_MONTHS = 24
FEWEST_ACCOUNTS = 20
MOST_ROWS = 60_000
WORTH, N_FOLDS = 1 / 3, 3
LEVEL = 0.90


@dataclass(frozen=True)
class Expansion:
    """What may be bought more, of the accounts of a panel's last month-end that have not said that they leave.

    scores: account_id, p_expansion (within 3 months, by more than price alone), expected_expansion_mrr (p × expected
    amount), amount, amount_low, amount_high (MRR if it expands: expected, and 90% interval; currency per month).
    reasons: the frame `reasons` of kind "expansion", five of each account. absent: why both are empty; "" when not.
    """

    scores: pd.DataFrame
    reasons: pd.DataFrame
    absent: str = ""


@one_thread()
def expansion(panel: Panel, seed: int = 0) -> Expansion:
    """Expansion of the accounts of `panel.now`, learnt from the panel's earlier months.

    The same additive regression as that of leaving, of growth within three months, on the last 24 month-ends whose
    three months are over, in large companies of every k-th account only. A rise of price alone is no expansion.
    """
    panel = by_more_than_price(panel)
    happened = label(panel, "expansion", horizon_months=HORIZON_MONTHS)
    known = _thinned(panel, (happened.notna() & (panel.month >= -LEARNT_MONTHS - HORIZON_MONTHS)).to_numpy())
    rows, grew = panel.rows[known].reset_index(drop=True), happened[known].to_numpy(dtype=bool)
    absent = reason_against(rows["account_id"], pd.Series(grew.astype(int)))
    if absent:
        return Expansion(_no_scores(), _no_reasons(), absent)
    growth = _learnt(rows[list(panel.features)], grew, rows["account_id"], seed)
    now = panel.now.reset_index(drop=True)
    added = growth.added(now)
    scores = _scores(now, growth.chance(added), past_amounts(panel, happened))
    return Expansion(scores, reasons_of(added, now, "expansion"))


@dataclass(frozen=True)
class _Growth:
    """The log-odds of growing are shift + slope × the sum of what the features add."""

    model: Additive
    shift: float
    slope: float

    def added(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Row × feature: what each adds to the log-odds."""
        always, _ = self.model.parts(rows)
        return pd.DataFrame(self.slope * always, columns=[term.feature for term in self.model.terms])

    def chance(self, added: pd.DataFrame) -> Floats:
        """Probability of each row."""
        return np.asarray(expit(self.shift + added.to_numpy().sum(axis=1)))


def _learnt(features: pd.DataFrame, grew: NDArray[np.bool_], account_id: pd.Series, seed: int) -> _Growth:
    """A row is worth a third, as three windows overlap; the slope is that on accounts not learnt from."""
    design = Design.of(features)
    learnt = learn(design, grew, WORTH)
    slope = honest_slope(unseen(design, grew, WORTH, learnt, account_folds(account_id, N_FOLDS, seed)), grew)
    plain = design.matrix[:, 1:] @ learnt.slopes[1:]
    return _Growth(design.model(learnt), level(slope * plain, grew), slope)


def _thinned(panel: Panel, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The chosen rows, of every k-th account if there are more than 60,000."""
    step = -(-int(chosen.sum()) // MOST_ROWS)
    if step <= 1:
        return chosen
    account = pd.factorize(panel.rows["account_id"], sort=True)[0]
    return np.asarray(chosen & (account % step == 0))


def by_more_than_price(panel: Panel) -> Panel:
    """The panel without changes of price alone."""
    events = panel.events
    return replace(panel, events=events[~events["by_price"].astype("bool")]) if "by_price" in events else panel


def reason_against(account_id: pd.Series, happened: pd.Series) -> str:
    """Why no model of expansion can be learnt from these rows; empty when one can."""
    n = int(account_id[happened == 1].nunique())
    return "" if n >= FEWEST_ACCOUNTS else f"only {n} accounts ever bought more; {FEWEST_ACCOUNTS} are needed"


def past_amounts(panel: Panel, happened: pd.Series) -> Amounts:
    """Relative growth within three months of the rows that grew, in pools by segment."""
    grew = happened.eq(1).fillna(False).to_numpy(dtype=bool)
    rows = panel.rows[grew]
    events = panel.events[panel.events["kind"] == "expansion"]
    months = pd.DataFrame(
        {"account_id": events["account_id"].to_numpy(), "mrr_change": events["mrr_change"].to_numpy()}
    )
    months["month"] = month_numbers(events["on"], panel.until)
    row = pd.DataFrame({"account_id": rows["account_id"].to_numpy(), "row": np.arange(len(rows))})
    row["opening"] = panel.month[grew]
    both = row.merge(months, on="account_id")
    within = (both["month"] > both["opening"]) & (both["month"] <= both["opening"] + HORIZON_MONTHS)
    gained = both[within].groupby("row")["mrr_change"].sum().reindex(range(len(rows)), fill_value=0.0)
    grown = gained.to_numpy(dtype=np.float64) / rows["mrr"].to_numpy(dtype=np.float64)
    return amounts(pd.Series(grown[grown > 0]), rows["segment"][grown > 0])


def _scores(now: pd.DataFrame, p: Floats, grown: Amounts) -> pd.DataFrame:
    codes, mrr = grown.codes(now["segment"]), now["mrr"].to_numpy(dtype=np.float64)
    low, high = (mrr * grown.quantile(codes, share) for share in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    amount = mrr * grown.mean(codes)
    columns = {"p_expansion": p, "expected_expansion_mrr": p * amount, "amount": amount}
    return pd.DataFrame({"account_id": now["account_id"], **columns, "amount_low": low, "amount_high": high})


def _no_scores() -> pd.DataFrame:
    columns = ("p_expansion", "expected_expansion_mrr", "amount", "amount_low", "amount_high")
    return pd.DataFrame(
        {"account_id": pd.Series(dtype="str"), **{name: pd.Series(dtype="float64") for name in columns}}
    )


def _no_reasons() -> pd.DataFrame:
    texts = {name: pd.Series(dtype="str") for name in ("account_id", "kind", "feature", "code", "value")}
    return pd.DataFrame({**texts, "rank": pd.Series(dtype="int64"), "contribution": pd.Series(dtype="float64")})
