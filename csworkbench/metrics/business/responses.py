"""What was done about signals, and what followed. Observed, not tried: who was called was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pandas as pd

from ...data.snapshot import View
from ..accounts import champions, overdue_invoices
from ..attention import reasons
from ..book import ALL, mrr_on
from ..calendar import Quarter
from ..intervals import SMALLEST_GROUP, wilson
from ..service import account_service

ACTED_WITHIN_DAYS = 30
ANY = "any"
_UNUSED = ("usage_90d", "usage_prior_90d", "days_silent", "renewal_in_days", "stuck", "contraction")


def cases(view: View, quarters: Sequence[Quarter], adoption: pd.DataFrame) -> pd.DataFrame:
    """One row per account with a signal at the start of one of these quarters and MRR thirty days on.

    adoption: the frame adoption. Signals: the rules of `attention` that use neither recent usage nor the journey.
    acted: a proactive activity within 30 days of the signal. before, after: MRR thirty days after the signal, by when
    both kinds of accounts had to be there still, and at the quarter's end. Returns quarter, account_id, signals (list),
    acted, before, after.
    """
    landmarks = {quarter.label: quarter.opening + timedelta(days=ACTED_WITHIN_DAYS) for quarter in quarters}
    days = [day for quarter in quarters for day in (quarter.opening, landmarks[quarter.label], quarter.closing)]
    mrr = mrr_on(view, days)
    parts = [_of_quarter(view, quarter, adoption, mrr, landmarks[quarter.label]) for quarter in quarters]
    return pd.concat(parts, ignore_index=True)


def _of_quarter(
    view: View, quarter: Quarter, adoption: pd.DataFrame, mrr: pd.DataFrame, landmark: date
) -> pd.DataFrame:
    opening, then, closing = (mrr[pd.Timestamp(day)] for day in (quarter.opening, landmark, quarter.closing))
    there = mrr.index[(opening > 0) & (then > 0)]
    signs = _signs(view, quarter, adoption, there)
    told = pd.Series([list(signs.columns[row]) for row in signs.to_numpy()], index=there, dtype="object")
    found = pd.DataFrame({"signals": told, "before": then[there], "after": closing[there]})
    found = found.assign(acted=found.index.isin(_acted(view, quarter.opening, landmark)), quarter=quarter.label)
    return found[signs.any(axis=1)].rename_axis("account_id").reset_index()


def _signs(view: View, quarter: Quarter, adoption: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Which rules held for which account when the quarter began."""
    day, earlier = quarter.opening, quarter.previous.opening
    parts = [champions(view, day), overdue_invoices(view, day)]
    parts += [account_service(view, day)] if view.has("tickets") or view.has("surveys") else []
    known = pd.concat(parts, axis=1).reindex(ids)
    on = adoption.assign(closing=adoption["quarter"]).set_index("account_id")
    now, was = (on[on["quarter"] == Quarter.of(d, quarter.fiscal_year_start).label] for d in (day, earlier))
    blank = dict.fromkeys(("tickets_90d", "tickets_prior_90d", "nps", "nps_on", *_UNUSED), float("nan"))
    frame = pd.DataFrame({**blank, **{str(name): known[name] for name in known}}, index=ids)
    age = pd.Timestamp(day) - pd.to_datetime(frame["nps_on"])
    frame = frame.assign(
        account_id=ids,
        band=now["band"].reindex(ids),
        adoption_index=now["adoption_index"].reindex(ids),
        adoption_index_opening=was["adoption_index"].reindex(ids),
        nps_age_days=age.dt.days,
    )
    flags = reasons(frame, view.settings.adoption.bands)
    return flags.drop(columns=["renewal_soon"])


def _acted(view: View, after: date, through: date) -> set[str]:
    found = view.sql(
        'SELECT DISTINCT account_id FROM activities WHERE CAST("at" AS DATE) > $after'
        ' AND CAST("at" AS DATE) <= $through'
        " AND (direction IS NULL OR direction = 'proactive')",
        after=after,
        through=through,
    )
    return set(found["account_id"].astype("str"))


def responses(found: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """What became of accounts with a signal, where something was done within thirty days and where not.

    found: `cases`. segments: account_id → segment. One row per segment ("all" included) × signal ("any" included) ×
    acted: n (account × quarter), n_lost (no MRR at the quarter's end), share_lost with its 95% Wilson interval (null
    under five), n_shrank, n_grew, and MRR before and after. An account counts once per quarter under "any".
    """
    rows = found.assign(segment=found["account_id"].map(segments).astype("str"))
    both = pd.concat([rows.assign(segment=ALL), rows])
    both = pd.concat([both.assign(signal=ANY), both.explode("signals").rename(columns={"signals": "signal"})])
    both = both.assign(
        lost=both["after"] <= 0,
        shrank=(both["after"] > 0) & (both["after"] < both["before"]),
        grew=both["after"] > both["before"],
    )
    rows_ = list(_rows(both))
    names = ["segment", "signal", "acted", "n", "n_lost", "n_shrank", "n_grew", "mrr", "mrr_after"]
    table = pd.DataFrame(rows_, columns=names)
    low, high = wilson(table["n_lost"].to_numpy(float), table["n"].to_numpy(float))
    rates = pd.DataFrame({"share_lost": table["n_lost"] / table["n"].where(table["n"] > 0), "low": low, "high": high})
    return table.join(rates.where(table["n"] >= SMALLEST_GROUP))


def _rows(both: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Each segment × signal that came up, twice: acted and not."""
    for (segment, signal), rows in both.groupby(["segment", "signal"]):
        for acted in (False, True):
            part = rows[rows["acted"] == acted]
            counts = [int(part[name].sum()) for name in ("lost", "shrank", "grew")]
            yield segment, signal, acted, len(part), *counts, float(part["before"].sum()), float(part["after"].sum())
