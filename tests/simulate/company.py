"""Reads a simulated workspace with pandas alone, and computes its numbers a second, slow way."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from csworkbench.schema import TABLES

ITEM = ["subscription_id", "starts_on"]


def mapped(folder: Path) -> dict[str, str]:
    """Table → file, as workspace.toml says."""
    tables = tomllib.loads((folder / "workspace.toml").read_text(encoding="utf-8"))["tables"]
    return {name: table["path"] for name, table in tables.items()}


def read(folder: Path, name: str) -> pd.DataFrame:
    """One table, keys and text as text, dates as dates."""
    path = folder / mapped(folder)[name]
    frame = pd.read_parquet(path) if path.suffix == ".parquet" else _csv(path, name)
    for column in TABLES[name].columns:
        if column.type in ("date", "timestamp"):
            frame[column.name] = pd.to_datetime(frame[column.name])
    return frame


def _csv(path: Path, name: str) -> pd.DataFrame:
    """A frame of one's own; the text is parsed once as long as the file is the same."""
    return _parsed(path, name, path.stat().st_mtime_ns).copy(deep=False)


@cache
def _parsed(path: Path, name: str, written_ns: int) -> pd.DataFrame:
    text = {c.name: "str" for c in TABLES[name].columns if c.type in ("key", "text")}
    return pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])


def truth(folder: Path) -> pd.DataFrame:
    """The true account-months."""
    path = folder / "truth" / "account_months.csv"
    frame = pd.read_csv(path) if path.exists() else pd.read_parquet(path.with_suffix(".parquet"))
    return frame.assign(month_end=pd.to_datetime(frame["month_end"]))


def paying(folder: Path) -> pd.DataFrame:
    """accounts without the internal ones."""
    accounts = read(folder, "accounts")
    return accounts[~accounts["is_internal"]]


def final_items(folder: Path) -> pd.DataFrame:
    """subscriptions of paying accounts, the version recorded last of each item."""
    rows = read(folder, "subscriptions").sort_values("recorded_at", kind="stable").drop_duplicates(ITEM, keep="last")
    return rows.merge(paying(folder)[["account_id", "segment"]], on="account_id")


def holding(items: pd.DataFrame, day: str) -> pd.DataFrame:
    """The items that hold at the end of the day."""
    moment = pd.Timestamp(day)
    return items[(items["starts_on"] <= moment) & (items["ends_on"].isna() | (items["ends_on"] > moment))]


def mrr(items: pd.DataFrame, day: str) -> pd.Series:
    """MRR by account at the end of the day."""
    return holding(items, day).groupby("account_id")["mrr"].sum()


def year(items: pd.DataFrame, opening: str, closing: str) -> dict[str, float]:
    """Growth, NRR, GRR and quick ratio between two days."""
    both = pd.DataFrame({"open": mrr(items, opening), "close": mrr(items, closing)}).fillna(0)
    kept = both[both["open"] > 0]
    gained = (both["close"] - both["open"]).clip(lower=0).sum()
    lost = (both["open"] - both["close"]).clip(lower=0).sum()
    return {
        "growth": both["close"].sum() / both["open"].sum() - 1,
        "nrr": kept["close"].sum() / kept["open"].sum(),
        "grr": np.minimum(kept["close"], kept["open"]).sum() / kept["open"].sum(),
        "quick": gained / lost,
    }
