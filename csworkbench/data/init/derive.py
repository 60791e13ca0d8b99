"""What an export does not say itself: a price in another file, an account behind a subscription, wide usage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .exports import Export, Exports
from .guess import Feed, Pick
from .notation import number_notation
from .words import ACCOUNT, ANNUAL, DISCOUNT_PERCENT, PRICE, ranked, word

_FOUND = 0.98


def completed(exports: Exports, feed: Feed) -> Feed:
    """The feed with required columns that can be derived."""
    for name in feed.missing:
        derive = _DERIVED.get(f"{feed.table}.{name}") or _DERIVED.get(name)
        feed = derive(exports, feed) if derive else feed
    return feed


def col(name: str) -> str:
    """A source column in an expression."""
    plain = name.isascii() and name.isidentifier()
    return name if plain else 'col("' + name.replace("\\", "\\\\").replace('"', '\\"') + '")'


def best(export: Export, words: str, least: float = 0.0) -> str | None:
    """The column whose header fits the words best."""
    known = ranked(words)
    fits = [(known.get(word(header), 0.0), header) for header in export.columns]
    fits = [item for item in fits if item[0] > least]
    return max(fits, key=lambda item: (item[0], -export.columns.index(item[1])))[1] if fits else None


def _subscription_id(exports: Exports, feed: Feed) -> Feed:
    account, start = (feed.picks[name].column if name in feed.picks else None for name in ("account_id", "starts_on"))
    if not account or not start:
        return feed
    for name in ("product", "plan"):
        part = feed.picks[name].column if name in feed.picks else None
        if part and exports.is_key(feed.export, account, part, start):
            why = f"there is no id; {account}, {part} and {start} together differ in every row"
            made = f"concat({col(account)}, '-', {col(part)})"
            return feed.having(subscription_id=Pick({"expression": made}, 0.7, why))
    if exports.is_key(feed.export, account, start):
        why = f"there is no id; {account} and {start} together differ in every row"
        return feed.having(subscription_id=Pick({"column": account}, 0.7, why))
    return feed


def _mrr(exports: Exports, feed: Feed) -> Feed:
    annual = best(feed.export, ANNUAL)
    if annual and _plain_number(exports, feed.export, annual):
        return feed.having(mrr=Pick({"expression": f"{col(annual)} / 12"}, 0.7, "an amount per year, by 12"))
    for key, other in _keys_elsewhere(exports, feed.export):
        price = best(other, PRICE)
        if price and _plain_number(exports, other, price):
            return _priced(exports, feed, key, other, price)
    return feed


def _priced(exports: Exports, feed: Feed, key: str, other: Export, price: str) -> Feed:
    discount = best(feed.export, DISCOUNT_PERCENT)
    by = "" if word(price) not in ranked(ANNUAL) else " / 12"
    expression = f"{col(price)}{by}"
    why = f"the price is in {other.name}"
    if discount and _plain_number(exports, feed.export, discount):
        expression = f"{expression} * (1 - {col(discount)} / 100)"
        why += f", less {discount} (taken as percent of 100)"
    take = {price: price}
    feed = feed.having(mrr=Pick({"expression": expression}, 0.5, why))
    plan = best(other, "plan name, product name, プラン名, 商品名")
    if plan and plan not in feed.export.columns:
        take[plan] = plan
        feed = feed.having(plan=Pick({"column": plan}, 0.9, f"its name is in {other.name}"))
    return with_lookup(feed, other, {key: key}, take)


def _plain_number(exports: Exports, export: Export, column: str) -> bool:
    how = number_notation(exports, export, column)
    return how is not None and how.numbers is None and exports.values(export, column).n > 0


def _keys_elsewhere(exports: Exports, export: Export) -> Iterator[tuple[str, Export]]:
    """Columns of the export that are found, all of them, in a column of the same name that is a key elsewhere."""
    for column in export.columns:
        for other in exports.tables:
            if other is export or column not in other.columns or not exports.is_key(other, column):
                continue
            if exports.share_found(export, column, other, column) >= _FOUND:
                yield column, other


def _account_behind(exports: Exports, feed: Feed) -> Feed:
    """The account through another export that has both: a subscription, a contact."""
    for key, other in _keys_elsewhere(exports, feed.export):
        account = best(other, ACCOUNT)
        if account and account != key:
            pick = Pick({"column": account}, 0.9, f"found through {key} in {other.name}")
            return with_lookup(feed.having(account_id=pick), other, {key: key}, {account: account})
    return feed


def with_lookup(feed: Feed, other: Export, on: Mapping[str, str], take: Mapping[str, str]) -> Feed:
    """The feed with columns of another export."""
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in other.name.split(".")[0]).strip("_").lower()
    lookup: dict[str, Any] = {**other.declared, "on": on, "take": take}
    lookups = {**feed.extra.get("lookups", {}), name or "other": lookup}
    return replace(feed, extra={**feed.extra, "lookups": lookups})


def _feature(exports: Exports, feed: Feed) -> Feed:
    """Wide usage becomes long; usage of one kind gets one feature."""
    kept = {pick.column for name, pick in feed.picks.items() if name != "count"}
    free = [header for header in feed.export.columns if header not in kept]
    counts = [header for header in free if _is_count(exports, feed.export, header)]
    if len(counts) > 1 and "day" in feed.picks:
        picks = {name: pick for name, pick in feed.picks.items() if name != "count"}
        picks["feature"] = Pick({"column": "feature"}, 0.6, "each of these columns was taken for a feature")
        picks["count"] = Pick({"column": "count"}, 0.6)
        unpivot = {"columns": counts, "name": "feature", "value": "count"}
        return replace(feed, picks=picks, extra={**feed.extra, "unpivot": unpivot})
    if "count" in feed.picks or "users" in feed.picks:
        return feed.having(feature=Pick({"constant": "all"}, 0.5, "the export does not say which feature"))
    return feed


def _is_count(exports: Exports, export: Export, header: str) -> bool:
    looks_like_key = word(header).endswith(("id", "番号", "コード", "no", "number", "year", "月", "年"))
    return not looks_like_key and _plain_number(exports, export, header)


def _constant(name: str, *choices: tuple[str, str]) -> Callable[[Exports, Feed], Feed]:
    """A constant that the name of the file or of a column gives away."""

    def derive(exports: Exports, feed: Feed) -> Feed:
        text = " ".join([feed.export.stem, *map(word, feed.export.columns)])
        found = next((choice for part, choice in choices if part in text), None)
        return feed.having(**{name: Pick({"constant": found}, 0.7, "the names say so")}) if found else feed

    return derive


def _vendor(exports: Exports, feed: Feed) -> Feed:
    stem = feed.export.name.split(".")[0]
    return feed.having(source=Pick({"constant": stem}, 0.4, "the name of the file"))


_DERIVED: Mapping[str, Callable[[Exports, Feed], Feed]] = {
    "subscriptions.subscription_id": _subscription_id,
    "subscriptions.mrr": _mrr,
    "account_id": _account_behind,
    "usage.feature": _feature,
    "surveys.kind": _constant("kind", ("nps", "nps"), ("推奨", "nps"), ("csat", "csat"), ("満足", "csat")),
    "factors.event": _constant("event", ("churn", "churn"), ("cancel", "churn"), ("解約", "churn")),
    "vendor_health.source": _vendor,
}


def settled_orders(feeds: Sequence[Feed]) -> list[Feed]:
    """Day and month, where a column leaves their order open, as another column of the same export has them."""
    known: dict[str, tuple[str, str]] = {}
    for feed in feeds:
        for pick in feed.picks.values():
            if "format" in pick.spec and pick.column:
                known.setdefault(feed.export.relation, (pick.spec["format"], pick.column))
    return [_settled(feed, known.get(feed.export.relation)) for feed in feeds]


def _settled(feed: Feed, known: tuple[str, str] | None) -> Feed:
    if known is None:
        return feed
    pattern, column = known
    picks = {
        name: Pick({**pick.spec, "format": pattern}, pick.weight, f"day and month as in {column}")
        if pattern in pick.either
        else pick
        for name, pick in feed.picks.items()
    }
    return replace(feed, picks=picks)
