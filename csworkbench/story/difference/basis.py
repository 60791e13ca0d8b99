"""What the numbers rest on, and how that changed: definitions, models, settings, tables, and history told anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ...data.asof import ALL
from .moved import MONEY, SHARE
from .told import Told

DEFINITION, MODEL, SETTING, TABLE, STALE = "definition", "model", "setting", "table", "stale"
COLUMNS = ["kind", "what", "old", "new"]
# Settings that change what a number means; the rest says how it looks.
SETTINGS = ("company", "segments", "adoption", "journey", "health", "tables", "units")
_LOOKS = ("name", "names", "languages", "exported_on", "rows", "path", "bytes", "sha256")
# Tables in which something happens every quarter.
FLOWING = (
    "usage", "events", "subscriptions", "tickets", "surveys", "invoices", "activities", "opportunities", "milestones",
    "reviews",
)  # fmt: skip
_RESTATED = {"mrr_close": MONEY, "nrr": SHARE, "logo_churn": SHARE}
_LEAST = {MONEY: 0.005, SHARE: 5e-7}


def basis(old: Told, new: Told) -> pd.DataFrame:
    """One row per change of what the numbers rest on: kind, what, old and new (texts; null where it was not there).

    definition: another version of a measure. model: another model made the scores, where both have some. setting:
    another value in the workspace's settings that a number depends on. table: came or went. stale: a table in which
    something should happen every quarter, whose latest fact is no later than it was; old and new are that day.
    """
    rows = [
        *_changed(DEFINITION, _versions(old), _versions(new)),
        *(_changed(MODEL, _models(old), _models(new)) if _models(old) and _models(new) else ()),
        *_changed(SETTING, _settings(old), _settings(new)),
        *_changed(TABLE, dict.fromkeys(old.tables, "there"), dict.fromkeys(new.tables, "there")),
        *_stale(old, new),
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


def _changed(kind: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[list[str | None]]:
    for what in sorted({*old, *new}):
        if old.get(what) != new.get(what):
            yield [kind, what, old.get(what), new.get(what)]


def _versions(told: Told) -> dict[str, str]:
    return {name: f"v{version}" for name, version in told.definitions.items()}


def _models(told: Told) -> dict[str, str]:
    scores = told.frame("scores")
    names = [] if scores is None else sorted(set(scores["model"].dropna()))
    return {"churn_probability": ", ".join(names)} if names else {}


def _settings(told: Told) -> dict[str, str]:
    whole = told.settings.model_dump(mode="json", by_alias=True)
    return dict(pair for name in SETTINGS if name in whole for pair in _flat(name, whole[name]))


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every value below, with the dotted path to it; what only changes how things look is left out."""
    if isinstance(value, dict):
        for name, below in value.items():
            if name not in _LOOKS:
                yield from _flat(f"{path}.{name}", below)
    elif isinstance(value, list) and any(isinstance(below, dict) for below in value):
        for at, below in enumerate(value):
            own = below.get("id", at + 1) if isinstance(below, dict) else at + 1
            yield from _flat(f"{path}.{own}", below)
    elif value is not None:
        yield path, str(value)


def _stale(old: Told, new: Told) -> Iterator[list[str | None]]:
    before, after = (_latest(told) for told in (old, new))
    if old.as_of >= new.as_of:
        return
    for table in sorted(set(before) & set(after) & set(FLOWING)):
        if after[table] <= before[table]:
            yield [STALE, table, f"{before[table]:%Y-%m-%d}", f"{after[table]:%Y-%m-%d}"]


def _latest(told: Told) -> dict[str, pd.Timestamp]:
    frame = told.frame("freshness")
    known = frame[frame["latest"].notna()] if frame is not None else pd.DataFrame({"table": [], "latest": []})
    return dict(zip(known["table"], known["latest"], strict=True))


def restated(old: Told, new: Told, segment: str = ALL) -> pd.DataFrame:
    """Numbers of the same quarter that the two tell differently: quarter, measure, kind, old, new, n_accounts.

    n_accounts: accounts whose MRR at that quarter's end differs between the two. Latest quarter first.
    """
    columns = ["quarter", "measure", "kind", "old", "new", "n_accounts"]
    before, after = (_trend(told, segment) for told in (old, new))
    if before is None or after is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for quarter in sorted(set(before.index) & set(after.index), reverse=True):
        for name, kind in _RESTATED.items():
            was, is_ = float(before.loc[quarter, name]), float(after.loc[quarter, name])
            if abs(was - is_) > _LEAST[kind]:
                rows.append([quarter, name, kind, was, is_, _accounts_restated(old, new, quarter, segment)])
    return pd.DataFrame(rows, columns=columns)


def _trend(told: Told, segment: str) -> pd.DataFrame | None:
    frame = told.frame("mrr_trend")
    return None if frame is None else frame[frame["segment"] == segment].set_index("quarter")


def _accounts_restated(old: Told, new: Told, quarter: str, segment: str) -> int:
    sides = [_closing(told, quarter, segment) for told in (old, new)]
    both = pd.concat(sides, axis=1, keys=["old", "new"]).fillna(0.0)
    return int(((both["old"] - both["new"]).abs() > _LEAST[MONEY]).sum())


def _closing(told: Told, quarter: str, segment: str) -> pd.Series:
    frame = told.frame("movements")
    if frame is None:
        return pd.Series(dtype="float64")
    mine = frame[(frame["quarter"] == quarter) & ((segment == ALL) | (frame["segment"] == segment))]
    return mine.set_index("account_id")["mrr_close"]
