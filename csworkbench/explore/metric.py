"""A metric that shows itself: what it means, its value over quarters and segments, n, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..errors import UnknownName
from ..metrics import revenue
from ..metrics.book import with_total
from ..metrics.calendar import quarters_back
from ..metrics.definition import Definition
from ..metrics.definitions import DEFINITIONS
from ..metrics.intervals import ratio_error, wilson
from ..story.catalogue import marked
from ..story.tables import Column, table
from .desk import Desk

METRICS = ("mrr", "grr", "nrr", "logo_churn")
N_QUARTERS, Z = 4, 1.959963984540054
_FORMULAS = {
    "mrr": marked(
        "sum of the account's items that hold at the end of the day: starts_on <= day < ends_on; recurring, net of"
        " discounts"
    ),
    "grr": marked(
        "sum of min(closing, opening) / sum of opening MRR, over accounts with opening MRR; churned accounts stay in"
    ),
    "nrr": marked("sum of closing / sum of opening MRR, over accounts with opening MRR; churned accounts stay in"),
    "logo_churn": marked("accounts with opening but no closing MRR / accounts with opening MRR; 95% Wilson interval"),
}
COLUMNS = ["quarter", "segment", "value", "n", "low", "high"]


@dataclass(frozen=True, repr=False)
class Metric:
    """frame: one row per quarter × segment ("all" included), newest first: value (money, or a share), n (accounts with
    MRR at the opening; for mrr those at the closing), low, high (95%: Wilson for logo churn, linearised for GRR and
    NRR, none for mrr, which is a sum and not a sample).
    """

    definition: Definition
    frame: pd.DataFrame
    desk: Desk = field(repr=False)

    def _repr_html_(self) -> str:
        say, scene = self.desk.scene.say, self.desk.scene
        kind = "money" if self.definition.id == "mrr" else "share"
        shown = self.frame.assign(segment=[scene.name(name) for name in self.frame["segment"]])
        columns = [
            Column("segment", say("Segment")),
            Column("quarter", say("Quarter"), "quarter"),
            Column("value", self.name, kind),
            Column("n", say("n"), "count"),
            *([Column("low", say("95% from"), kind), Column("high", say("95% to"), kind)] if kind == "share" else []),
        ]
        meaning = say(_FORMULAS[self.definition.id])
        source = say("Source: {source}.", source=self.definition.source)
        head = Markup("<p><b>{}</b> ({}): {}<br><i>{}</i></p>").format(
            self.name, self.definition.label, meaning, source
        )
        return str(head + table(shown, columns, scene.language, self.name))

    @property
    def name(self) -> str:
        """What readers call it."""
        say = self.desk.scene.say
        named = {"mrr": say("MRR"), "grr": say("GRR"), "nrr": say("NRR"), "logo_churn": say("Logo churn")}
        return named[self.definition.id]

    def __repr__(self) -> str:
        return f"<{self.definition.label} as of {self.desk.as_of}>"


def metric(desk: Desk, id: str) -> Metric:
    """The metric over the last four quarters that are over. UnknownName for one that is not told this way."""
    if id not in METRICS:
        raise UnknownName("metric", id, METRICS)
    quarters = quarters_back(desk.quarter, N_QUARTERS)
    moves = revenue.movements_between(desk.population.view, [(q.opening, q.closing) for q in quarters])
    rows = with_total(moves).groupby(["window", "segment"])
    groups: Iterable[tuple[Any, pd.DataFrame]] = rows
    found = [(quarters[key[0]].label, key[1], *_told(id, part)) for key, part in groups]
    frame = pd.DataFrame(found, columns=COLUMNS).sort_values(["segment", "quarter"], ascending=[True, False])
    first = (frame["segment"] != "all").to_numpy()
    return Metric(DEFINITIONS[id], frame.iloc[np.argsort(first, kind="stable")].reset_index(drop=True), desk)


def _told(id: str, part: pd.DataFrame) -> tuple[float, int, float, float]:
    """Value, n, low and high of one group."""
    held = part[part["mrr_open"] > 0]
    opened, closed = held["mrr_open"].to_numpy(dtype=float), held["mrr_close"].to_numpy(dtype=float)
    if id == "mrr":
        return float(part["mrr_close"].sum()), int((part["mrr_close"] > 0).sum()), np.nan, np.nan
    if held.empty:
        return np.nan, 0, np.nan, np.nan
    if id == "logo_churn":
        lost = int((closed <= 0).sum())
        low, high = wilson(lost, len(held))
        return lost / len(held), len(held), float(low), float(high)
    kept = np.minimum(closed, opened) if id == "grr" else closed
    value, half = float(kept.sum() / opened.sum()), Z * ratio_error(kept, opened)
    return value, len(held), value - half, min(value + half, 1.0) if id == "grr" else value + half
