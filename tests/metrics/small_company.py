"""A small company for tests: every table that metrics read, random but repeatable."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from databases import snapshot_of

from csworkbench.data.settings import Settings, parse_settings
from csworkbench.data.snapshot import View

SETTINGS = """
[company]
name = "Tide"
currency = "EUR"
[tables.accounts]
path = "accounts.csv"
[adoption]
core_features = ["report", "share"]
[[journey]]
id = "kickoff"
days = 14
[[journey]]
id = "first_report"
days = 30
first_value = true
[[journey]]
id = "rollout"
days = 60
"""


def settings(text: str = SETTINGS) -> Settings:
    return parse_settings(text)


def view_of(as_of: str | date, tables: dict[str, pd.DataFrame], text: str = SETTINGS) -> View:
    """What is known of these tables on the day."""
    return snapshot_of(tables, settings(text)).as_of(as_of)


def items(*rows: tuple[str, str, str | None, float]) -> pd.DataFrame:
    """Subscription items written as account, starts_on, ends_on, mrr."""
    return pd.DataFrame(
        {
            "subscription_id": [f"s{place}" for place in range(len(rows))],
            "account_id": [row[0] for row in rows],
            "starts_on": [row[1] for row in rows],
            "ends_on": [row[2] for row in rows],
            "mrr": [row[3] for row in rows],
        }
    ).astype({"ends_on": "str"})


def accounts(*ids: str, segment: str = "smb") -> pd.DataFrame:
    """Accounts of one segment."""
    return pd.DataFrame({"account_id": list(ids), "segment": segment})


def company(n: int = 40, seed: int = 7, first: date = date(2024, 1, 1), days: int = 900) -> dict[str, pd.DataFrame]:
    """Every table that metrics read, for n accounts; the same seed gives the same tables."""
    return _Company(n, seed, first, days).tables()


class _Company:
    def __init__(self, n: int, seed: int, first: date, days: int) -> None:
        self.rng, self.first, self.days = np.random.default_rng(seed), first, days
        self.ids = [f"{place:04d}" for place in range(n)]
        self.start = dict(zip(self.ids, (int(v) for v in self.rng.integers(0, days * 2 // 3, n)), strict=True))

    def day(self, offset: float) -> str:
        return (self.first + timedelta(days=int(offset))).isoformat()

    def maybe(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def tables(self) -> dict[str, pd.DataFrame]:
        return {
            "accounts": self.accounts(),
            "subscriptions": self.subscriptions(),
            "entitlements": self.entitlements(),
            "usage": self.usage(),
            "tickets": self.tickets(),
            "surveys": self.surveys(),
            "contacts": self.contacts(),
            "csms": pd.DataFrame({"csm_id": ["c1", "c2"], "name": ["Ann", None]}),
            "assignments": self.assignments(),
            "opportunities": self.opportunities(),
            "milestones": self.milestones(),
            "invoices": self.invoices(),
            "targets": self.targets(),
        }

    def accounts(self) -> pd.DataFrame:
        segments = self.rng.choice(["smb", "mid", "ent"], len(self.ids))
        return pd.DataFrame(
            {
                "account_id": self.ids,
                "name": [f"Acme {i}" if place % 5 else None for place, i in enumerate(self.ids)],
                "segment": [s if place % 7 else None for place, s in enumerate(segments)],
                "started_on": [self.day(self.start[i]) for i in self.ids],
                "country": "DE",
            }
        )

    def subscriptions(self) -> pd.DataFrame:
        rows = []
        for i in self.ids:
            for item in range(int(self.rng.integers(1, 4))):
                begin = self.start[i] + (0 if item == 0 else int(self.rng.integers(0, 300)))
                rows += self._item(i, f"{i}-{item}", begin)
        names = [
            "subscription_id",
            "account_id",
            "product",
            "starts_on",
            "ends_on",
            "mrr",
            "seats",
            "renews_on",
            "decided_on",
            "recorded_at",
        ]
        return pd.DataFrame(rows, columns=names)

    def _item(self, account: str, name: str, begin: int) -> list[list[object]]:
        found: list[list[object]] = []
        for _ in range(3):
            length = int(self.rng.integers(60, 420))
            mrr = float(self.rng.integers(5, 500)) + 0.25
            ends = None if self.maybe(0.2) else begin + length
            decided = None if ends is None or self.maybe(0.5) else ends - int(self.rng.integers(0, 60))
            known = None if self.maybe(0.7) else begin + int(self.rng.integers(0, 40))
            days = [None if v is None else self.day(v) for v in (begin, ends, begin + 365, decided, known)]
            found.append([name, account, "base", days[0], days[1], mrr, int(mrr) // 10, days[2], days[3], days[4]])
            if ends is None or self.maybe(0.4):
                break
            begin = ends + (0 if self.maybe(0.7) else 45)
        return found

    def entitlements(self) -> pd.DataFrame:
        rows = [[i, f, int(self.rng.integers(5, 60))] for i in self.ids[::2] for f in ("report", "share", "export")]
        return pd.DataFrame(rows, columns=["account_id", "feature", "seats"])

    def usage(self) -> pd.DataFrame:
        rows = []
        for i in self.ids[: len(self.ids) * 3 // 4]:
            stop = self.start[i] + int(self.rng.integers(60, self.days))
            for day in range(self.start[i], min(stop, self.days), 7):
                for feature in ("report", "share", "export"):
                    if self.maybe(0.6):
                        users = int(self.rng.integers(0, 12))
                        rows.append([i, self.day(day), feature, users, users * int(self.rng.integers(1, 9))])
        return pd.DataFrame(rows, columns=["account_id", "day", "feature", "users", "count"])

    def tickets(self) -> pd.DataFrame:
        rows = []
        for place in range(len(self.ids) * 12):
            at = pd.Timestamp(self.day(self.rng.integers(0, self.days))) + pd.Timedelta(
                minutes=int(self.rng.integers(1440))
            )
            answered = at + pd.Timedelta(minutes=int(self.rng.integers(5, 3000)))
            solved = None if self.maybe(0.1) else answered + pd.Timedelta(minutes=int(self.rng.integers(5, 9000)))
            csat = None if solved is None or self.maybe(0.6) else int(self.rng.integers(1, 6))
            who = self.ids[int(self.rng.integers(len(self.ids)))]
            rows.append([f"t{place}", who, at, answered, solved, self.maybe(0.1), self.maybe(0.3), csat])
        names = [
            "ticket_id",
            "account_id",
            "opened_at",
            "first_response_at",
            "resolved_at",
            "escalated",
            "bot_resolved",
            "csat",
        ]
        return pd.DataFrame(rows, columns=names)

    def surveys(self) -> pd.DataFrame:
        rows = []
        for place in range(len(self.ids) * 6):
            who, kind = self.ids[int(self.rng.integers(len(self.ids)))], "nps" if self.maybe(0.7) else "csat"
            score = int(self.rng.integers(0, 11)) if kind == "nps" else int(self.rng.integers(1, 6))
            rows.append([who, f"p{place}", self.day(self.rng.integers(0, self.days)), kind, score])
        return pd.DataFrame(rows, columns=["account_id", "contact_id", "answered_on", "kind", "score"])

    def contacts(self) -> pd.DataFrame:
        rows = []
        for i in self.ids:
            gone = self.day(self.rng.integers(300, self.days)) if self.maybe(0.4) else None
            rows.append([f"{i}-a", i, "champion" if self.maybe(0.6) else "neutral", self.day(self.start[i]), gone])
        return pd.DataFrame(rows, columns=["contact_id", "account_id", "stance", "joined_on", "departed_on"])

    def assignments(self) -> pd.DataFrame:
        rows = []
        for i in self.ids:
            change = self.start[i] + int(self.rng.integers(30, 500))
            rows.append([i, "c1", "main", self.day(self.start[i]), self.day(change)])
            rows.append([i, "c2" if self.maybe(0.8) else "c3", "main", self.day(change), None])
            if self.maybe(0.3):
                rows.append([i, "c3", "expert", self.day(self.start[i] + 5), None])
        return pd.DataFrame(rows, columns=["account_id", "csm_id", "role", "starts_on", "ends_on"])

    def opportunities(self) -> pd.DataFrame:
        rows = []
        for place, i in enumerate(self.ids):
            due = self.start[i] + 365 + int(self.rng.integers(-40, 40))
            stage = ("won", "lost", "open")[int(self.rng.integers(3))]
            closed = None if stage == "open" else self.day(due - 10)
            rows.append(
                [f"o{place}", i, "renewal", None, 100.0, self.day(due - 120), self.day(due), closed, stage, "likely"]
            )
        names = [
            "opportunity_id",
            "account_id",
            "kind",
            "product",
            "due_mrr",
            "created_on",
            "due_on",
            "closed_on",
            "stage",
            "csm_call",
        ]
        return pd.DataFrame(rows, columns=names)

    def milestones(self) -> pd.DataFrame:
        rows = []
        for i in self.ids:
            day = self.start[i]
            for name in ("kickoff", "first_report", "rollout"):
                day += int(self.rng.integers(-5, 60))
                if self.maybe(0.75):
                    rows.append([i, name, self.day(day)])
        return pd.DataFrame(rows, columns=["account_id", "milestone", "reached_on"])

    def invoices(self) -> pd.DataFrame:
        rows = []
        for place in range(len(self.ids) * 4):
            issued = int(self.rng.integers(0, self.days))
            paid = None if self.maybe(0.2) else self.day(issued + int(self.rng.integers(1, 60)))
            who = self.ids[int(self.rng.integers(len(self.ids)))]
            rows.append([f"i{place}", who, self.day(issued), self.day(issued + 30), paid, 100.0])
        return pd.DataFrame(rows, columns=["invoice_id", "account_id", "issued_on", "due_on", "paid_on", "amount"])

    def targets(self) -> pd.DataFrame:
        rows = [["nnmrr", "company", f"2026-{m:02d}", 100.0 * m] for m in range(1, 13)]
        rows += [["nnmrr", "c1", "2026Q1", 50.0], ["adoption_high_share", "company", "2026Q1", 0.4]]
        return pd.DataFrame(rows, columns=["kpi", "owner", "period", "target"])
