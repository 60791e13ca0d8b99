"""A small company twice: as it is, and with canaries in every column that the customer edition must not show.

In the second one every text, number, day and flag that is internal, or of another account, is another one; the texts
begin with a canary. What peers' quartiles are made of, and what the customer may see of itself, stays as it is.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from csworkbench.schema import TABLES, Column
from csworkbench.simulate import simulate

CANARY = "CANARY"
SHARED, SECRET = "Both sides follow this risk", "Nobody but us knows this risk"
END, EXPORTED = "2026-09-30", "2026-10-05"

# What the customer's own rows may show, and what the quartiles of its peers are made of, column by column.
OF_CUSTOMER = {
    "accounts": "name started_on",
    "subscriptions": "starts_on ends_on renews_on decided_on recorded_at",
    "success_plans": "criterion agreed_on due_on target actual unit status assessed_on source recorded_at",
    "milestones": "milestone reached_on recorded_at",
    "tickets": "opened_at first_response_at resolved_at category csat recorded_at",
    "reviews": "planned_on held_on actions_promised actions_closed recorded_at",
    "risks": "opened_on closed_on description shareable recorded_at",
}
OF_PEERS = {
    "accounts": "started_on is_internal recorded_at",
    "account_history": "attribute valid_from recorded_at",
    "subscriptions": "starts_on ends_on renews_on decided_on seats currency recorded_at",
    "entitlements": "seats is_core recorded_at",
    "usage": "day users count recorded_at",
    "milestones": "milestone",
    "assets": "step",
    "invoices": "currency",
    "targets": "period",
    "events": "account_id user_id at feature recorded_at",
}
_SHIFTED = set(TABLES) - {"accounts", "account_history", "subscriptions", "entitlements", "usage"}


def small_company(folder: Path) -> tuple[Path, str]:
    """The company as it is, and one account in it of which much is known."""
    simulate(folder, 60, 14, 6)
    plans, reviews = (pd.read_csv(folder / f"{name}.csv", dtype="str") for name in ("success_plans", "reviews"))
    paying = pd.read_csv(folder / "subscriptions.csv", dtype="str")
    there = set(paying.loc[paying["ends_on"].isna(), "account_id"])
    promised = reviews[reviews["actions_promised"] != reviews["actions_closed"]].dropna(subset=["actions_promised"])
    known = sorted(set(plans["account_id"]) & set(promised["account_id"]) & there)
    assert known, "the simulated company has no account to look at"
    account = known[0]
    _add_risks(folder, account)
    toml = folder / "workspace.toml"
    text = toml.read_text("utf-8")
    toml.write_text(f'{text}\n[packs]\naccounts = ["{account}"]\n', encoding="utf-8")
    return folder, account


def _add_risks(folder: Path, account: str) -> None:
    """Two open risks of the account, one of them shared."""
    risks = pd.read_csv(folder / "risks.csv", dtype="str")
    row = {"account_id": account, "opened_on": "2026-09-01", "likelihood": "0.5", "impact_mrr": "1000"}
    row |= {"recorded_at": "2026-09-01", "area": "schedule"}
    more = [
        {**row, "risk_id": "R1", "description": SHARED, "shareable": "true"},
        {**row, "risk_id": "R2", "description": SECRET, "shareable": "false"},
    ]
    pd.concat([risks, pd.DataFrame(more)]).to_csv(folder / "risks.csv", index=False)


def plant(company: Path, folder: Path, account: str) -> Path:
    """The same company with canaries in all that the customer may not see."""
    folder.mkdir()
    toml = (company / "workspace.toml").read_text("utf-8")
    for feature in ("workflow", "approvals", "reports"):
        toml = toml.replace(f'"{feature}"', f'"{CANARY}-{feature}"')
    (folder / "workspace.toml").write_text(toml, encoding="utf-8")
    for path in sorted(company.glob("*.csv*")):
        name = path.name.split(".")[0]
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        _planted(name, frame, account).to_csv(folder / path.name, index=False)
    return folder


def _planted(name: str, frame: pd.DataFrame, account: str) -> pd.DataFrame:
    owner = frame["account_id"] if "account_id" in frame else pd.Series("", frame.index)
    own = owner == account
    shared = own & (frame["shareable"] == "true") if name == "risks" else own
    found = frame.copy()
    for column in TABLES[name].columns:
        kept = pd.Series(column.name in OF_PEERS.get(name, "").split(), frame.index)
        if column.name in OF_CUSTOMER.get(name, "").split():
            kept |= shared if column.name == "description" else own
        if column.name in ("account_id", "parent_id"):
            kept |= frame[column.name] == account
        changed = ~kept & (frame[column.name] != "")
        if name == "account_history" and column.name == "value":
            changed &= frame["attribute"] != "employees"
        found.loc[changed, column.name] = _other(name, column, frame.loc[changed, column.name])
    return found


def _other(table: str, column: Column, values: pd.Series) -> pd.Series:
    """Another legal value for each."""
    if column.type in ("date", "timestamp"):
        return _a_day_later(values, column) if table in _SHIFTED else values
    if column.type == "flag":
        return values.map({"true": "false", "false": "true"})
    if column.choices:
        following = dict(zip(column.choices, column.choices[1:] + column.choices[:1], strict=True))
        return values.map(following)
    if column.type in ("key", "text"):
        return f"{CANARY}-" + values
    return _more(values.astype(float), column)


def _a_day_later(values: pd.Series, column: Column) -> pd.Series:
    later = pd.to_datetime(values) + pd.Timedelta(days=1)
    last = pd.Timestamp(EXPORTED) if column.name == "recorded_at" else pd.Timestamp.max
    later = later.where(later <= last, last)
    return later.dt.strftime("%Y-%m-%d %H:%M:%S" if column.type == "timestamp" else "%Y-%m-%d")


def _more(values: pd.Series, column: Column) -> pd.Series:
    """Numbers that are another amount: in a range nearer to its end, else three times as much and 7,654,321 more."""
    if column.high is not None:
        low = column.low or 0.0
        mirrored = low + column.high - values
        return mirrored.round(4).map(_written)
    return (3 * values + 7_654_321).map(_written)


def _written(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(np.round(value, 4)))
