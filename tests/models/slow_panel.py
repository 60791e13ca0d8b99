"""The features of a panel once more: one day at a time, from `snapshot.as_of(day)`, with loops over accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from csworkbench.data.snapshot import Snapshot

MONTH = 365.25 / 12
NAN = float("nan")


def slow_features(snapshot: Snapshot, day: date) -> pd.DataFrame:
    """One row per account that pays on the day and has not said that it leaves, indexed by account_id."""
    tables, rows = _Tables(snapshot), {}
    for account in sorted(tables.known(day, "subscriptions")["account_id"].unique()):
        found = _Account(tables, pd.Timestamp(day), account)
        if found.stays:
            rows[account] = found.features()
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("account_id")


class _Tables:
    """The tables of a snapshot as known on each day, each asked for once. Nobody changes them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.known, self.usual, self.unused = cache(self._known), cache(self._usual), cache(self._unused)

    def _known(self, day: date, table: str) -> pd.DataFrame:
        return self.snapshot.as_of(day).table(table)

    def _usual(self, month_end: date, feature: str) -> tuple[float, float]:
        """Events and users of the feature, of all accounts, in the rows known at the month's end."""
        then = self.known(month_end, "usage")
        then = then[(then["feature"] == feature) & (then["users"] > 0) & then["count"].notna()]
        return then["count"].sum(), then["users"].sum()

    def _unused(self, day: date) -> bool:
        """Whether rows are written of days without use too."""
        use = self.known(day, "usage")
        return bool(((use["users"].fillna(0) == 0) & (use["count"].fillna(0) == 0)).any())


class _Account:
    def __init__(self, tables: _Tables, day: pd.Timestamp, account: str) -> None:
        self.tables, self.day, self.account = tables, day, account
        items = self.rows("subscriptions")
        self.items = items[items["ends_on"].isna() | (items["ends_on"] > items["starts_on"])]
        self.held = self.items[self.items["ends_on"].isna() | (self.items["ends_on"] > day)]

    def rows(self, table: str) -> pd.DataFrame:
        if table not in self.tables.snapshot.tables:
            return pd.DataFrame()
        known = self.known(table)
        return known[known["account_id"] == self.account]

    def known(self, table: str) -> pd.DataFrame:
        return self.tables.known(self.day.date(), table)

    def age(self, days: pd.Series) -> pd.Series:
        return (self.day - pd.to_datetime(days).dt.normalize()).dt.days

    @property
    def stays(self) -> bool:
        paid = self.held[self.held["mrr"] > 0]
        return self.held["mrr"].sum() > 0 and bool(paid["ends_on"].isna().any())

    def features(self) -> dict[str, object]:
        parts: list[Callable[[], dict[str, object]]] = [
            self.book,
            self.usage,
            self.tickets,
            self.surveys,
            self.contacts,
            self.invoices,
            self.milestones,
            self.touches,
            self.owner,
        ]
        return {name: value for part in parts for name, value in part().items()}

    def on(self, months: int) -> pd.DataFrame:
        before = self.day - pd.offsets.MonthEnd(months)
        return self.items[
            (self.items["starts_on"] <= before) & (self.items["ends_on"].isna() | (self.items["ends_on"] > before))
        ]

    def book(self) -> dict[str, object]:
        mrr, seats = self.held["mrr"].sum(), _seats(self.held)
        starts, until, spells = None, None, 0
        for item in self.items[self.items["mrr"] > 0].sort_values(["starts_on"]).itertuples():
            if until is None or (item.starts_on - until).days > 30:
                starts, spells = item.starts_on, spells + 1
            end = pd.Timestamp("2200-01-01") if pd.isna(item.ends_on) else item.ends_on
            until = end if until is None else max(until, end)
        accounts = self.rows("accounts")
        said = accounts["started_on"].iloc[0] if len(accounts) else pd.NaT
        since = min(starts, said) if spells == 1 and not pd.isna(said) else starts
        renewals = self.held["renews_on"][self.held["renews_on"] > self.day]
        year_ago = self.on(12)
        price, price_before = _over(mrr, seats), _over(year_ago["mrr"].sum(), _seats(year_ago))
        return {
            "segment": accounts["segment"].iloc[0] if len(accounts) else "unassigned",
            "mrr": mrr,
            "seats": seats,
            "n_items": len(self.held),
            "n_spells": spells,
            "tenure_months": (self.day - since).days / MONTH,
            "months_to_renewal": (renewals.min() - self.day).days / MONTH if len(renewals) else NAN,
            "mrr_per_seat": price,
            "mrr_change_3m": _over(mrr, self.on(3)["mrr"].sum()) - 1,
            "mrr_change_6m": _over(mrr, self.on(6)["mrr"].sum()) - 1,
            "seats_change_3m": _over(seats, _seats(self.on(3))) - 1,
            "price_rise_12m": _over(price, price_before) - 1,
        }

    def usage(self) -> dict[str, object]:
        used = self.rows("usage")
        everything = self.known("usage")
        first = self.day - pd.offsets.MonthEnd(12)
        used = used[used["day"] > first]
        month = used["day"].dt.to_period("M")
        now = self.day.to_period("M")
        active = used[(used["users"].fillna(0) > 0) | (used["count"].fillna(0) > 0)]
        zeros = self.tables.unused(self.day.date())
        found: dict[str, list[float]] = {"peak": [], "heads": [], "level": [], "days": [], "idle": []}
        for lag in range(12):
            rows = used[month == now - lag]
            n_days = rows["day"].nunique()
            begun = bool((month <= now - lag).any())
            empty = 0.0 if begun and not zeros else NAN
            n_used = active[active["day"].dt.to_period("M") == now - lag]["day"].nunique()
            found["days"].append(n_days if n_days else float(empty == 0.0))
            found["idle"].append(n_days - n_used if n_days else float(empty == 0.0))
            found["peak"].append(rows["users"].max() if n_days else empty)
            found["heads"].append(rows["users"].sum() / n_days if n_days else empty)
            found["level"].append(rows["count"].sum() / n_days if n_days else empty)
        recent = active[active["day"].dt.to_period("M") > now - 3]
        seen = bool((month > now - 3).any()) or bool(len(used) and not zeros)
        last = active["day"].max() if len(active) else used["day"].min()
        seats = _seats(self.held)
        return {
            "seat_utilisation": _over(found["peak"][0], seats),
            "seat_utilisation_3m": _over(_mean(found["peak"][:3]), seats),
            "users_per_seat": _over(found["heads"][0], seats),
            "users_per_seat_3m": _over(_mean(found["heads"][:3]), seats),
            "usage_per_seat": _over(found["level"][0], seats),
            "events_vs_usual_12m": self.against_usual(used),
            "idle_share_6m": _over(sum(found["idle"][:6]), sum(found["days"][:6])),
            "usage_trend_3m": _over(found["level"][0], _mean(found["level"][1:4])),
            "usage_vs_peak": _over(found["level"][0], max((v for v in found["level"] if v == v), default=NAN)),
            "days_silent": (self.day - last).days if len(used) else NAN,
            "feature_breadth": recent["feature"].nunique() / max(everything["feature"].nunique(), 1) if seen else NAN,
        }

    def against_usual(self, used: pd.DataFrame) -> float:
        """Events over those of as many users elsewhere, each row by the rate known when the row became known."""
        events, usual = 0.0, 0.0
        for row in used[(used["users"] > 0) & used["count"].notna()].itertuples():
            known = max(row.day, row.day if pd.isna(row.recorded_at) else row.recorded_at)
            month_end = (known + pd.offsets.MonthEnd(0)).date()
            all_events, all_users = self.tables.usual(month_end, row.feature)
            events += row._asdict()["count"]
            usual += row.users * all_events / all_users
        return _over(events, usual)

    def tickets(self) -> dict[str, object]:
        rows = self.rows("tickets")
        age = self.age(rows["opened_at"])
        recent = rows[age < 90]
        still = rows["resolved_at"].isna() | (rows["resolved_at"].dt.normalize() > self.day)
        return {
            "tickets_30d": int((age < 30).sum()),
            "tickets_90d": len(recent),
            "escalated_90d": int(recent["escalated"].fillna(False).sum()),
            "csat_90d": recent["csat"].mean(),
            "open_tickets": int((still & (age < 365)).sum()),
        }

    def surveys(self) -> dict[str, object]:
        rows = self.rows("surveys")
        age = self.age(rows["answered_on"])
        nps = rows[(rows["kind"] == "nps") & (age < 365)]
        csat = rows[(rows["kind"] == "csat") & (age < 180)]
        last = nps[nps["answered_on"] == nps["answered_on"].max()]
        return {
            "nps_last": last["score"].mean(),
            "nps_365d": nps["score"].mean(),
            "nps_age_days": (self.day - nps["answered_on"].max()).days if len(nps) else NAN,
            "survey_csat_180d": csat["score"].mean(),
        }

    def contacts(self) -> dict[str, object]:
        rows = self.rows("contacts")
        champions = rows[rows["stance"] == "champion"]
        there = champions["departed_on"].isna()
        age = self.age(champions["departed_on"][~there])
        left = bool((age < 180).any()) and not there.any()
        return {
            "champions": int(there.sum()) if len(rows) else NAN,
            "champion_left_180d": float(left) if len(rows) else NAN,
            "days_since_champion_left": age.min() if len(age) else NAN,
        }

    def invoices(self) -> dict[str, object]:
        rows = self.rows("invoices")
        rows = rows[self.age(rows["issued_on"]) < 365]
        late = (rows["due_on"] < self.day) & rows["paid_on"].isna()
        recent = rows[self.age(rows["issued_on"]) < 90]
        return {"failed_payments_90d": recent["failures"].fillna(0).sum(), "overdue_invoices": int(late.sum())}

    def milestones(self) -> dict[str, object]:
        steps = [step.id for step in self.tables.snapshot.settings.journey]
        due = [step.days for step in self.tables.snapshot.settings.journey]
        value = [step.id for step in self.tables.snapshot.settings.journey if step.first_value]
        rows = self.rows("milestones")
        reached = rows[rows["milestone"].isin(steps)].set_index("milestone")["reached_on"]
        furthest = max((steps.index(name) + 1 for name in reached.index), default=0)
        tenure = self.book()["tenure_months"]
        waited = (self.day - reached[steps[furthest - 1]]).days if furthest else float(tenure) * MONTH
        return {
            "milestones_reached": len(reached),
            "first_value_reached": float(any(name in reached.index for name in value)),
            "days_since_milestone": waited,
            "stuck": float(furthest < len(steps) and waited > due[furthest]),
        }

    def touches(self) -> dict[str, object]:
        rows = self.rows("activities")
        recent = rows[self.age(rows["at"]) < 90]
        directed = recent["direction"].dropna()
        return {
            "touches_90d": len(recent),
            "proactive_share_90d": (directed == "proactive").mean() if len(directed) else NAN,
        }

    def owner(self) -> dict[str, object]:
        rows = self.rows("assignments")
        now = _in_charge(rows, self.day)
        before = _in_charge(rows, self.day - pd.Timedelta(days=180))
        return {
            "csm_id": now["csm_id"] if now is not None else None,
            "csm_tenure_months": (self.day - now["starts_on"]).days / MONTH if now is not None else NAN,
            "csm_changed_180d": (
                float(now["csm_id"] != before["csm_id"]) if now is not None and before is not None else NAN
            ),
        }


def _in_charge(rows: pd.DataFrame, day: pd.Timestamp) -> pd.Series | None:
    held = rows[(rows["starts_on"] <= day) & (rows["ends_on"].isna() | (rows["ends_on"] > day))]
    if held.empty:
        return None
    minor = ~held["role"].isin(["main", "primary", "lead", "owner", "csm"]) & held["role"].notna()
    ranked = held.assign(minor=minor, since=-held["starts_on"].astype("int64"))
    return ranked.sort_values(["minor", "since", "csm_id"]).iloc[0]


def _seats(items: pd.DataFrame) -> float:
    known = items[items["seats"].notna()].astype({"seats": "float64"})
    if known.empty:
        return NAN
    return float(known.groupby(known["product"].fillna(""))["seats"].sum().max())


def _over(part: float, whole: float) -> float:
    return part / whole if whole == whole and whole > 0 and part == part else NAN


def _mean(values: list[float]) -> float:
    known = [value for value in values if value == value]
    return float(np.mean(known)) if known else NAN
