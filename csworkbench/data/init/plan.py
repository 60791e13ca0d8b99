"""The whole guess: which export feeds what, what the company is like, and what was left aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ... import schema
from .derive import best, completed, settled_orders
from .exports import Aside, Exports
from .guess import Feed, Pick, all_feeds, feed_of
from .latest import day_of_old_exports
from .words import EXTRA_SEGMENTS, OWNER, word

_LEAST_SCORE = 1.6
_SEGMENTS = ("segment", "touch_tier", "industry", "country")


@dataclass(frozen=True)
class Plan:
    """What will be written. company: key → (value, why). exported_on: day of exports that were not taken lately."""

    feeds: tuple[Feed, ...]
    asides: tuple[Aside, ...]
    company: dict[str, tuple[Any, str]]
    segment: tuple[str, str] | None
    exported_on: date | None = None

    def feed(self, table: str) -> Feed | None:
        """What feeds that table."""
        return next((feed for feed in self.feeds if feed.table == table), None)


def plan_of(exports: Exports, today: date | None = None) -> Plan:
    """The guess for a folder of exports; the same folder and day always give the same guess."""
    feeds = _chosen(exports)
    feeds += [*_people(exports, feeds)]
    feeds = settled_orders(feeds)
    feeds = [_with_notes(exports, feed, feeds) for feed in feeds]
    feeds, segment = _segmented(exports, feeds)
    feeds.sort(key=lambda feed: [*schema.TABLES].index(feed.table))
    company, asides = _company(exports, feeds), tuple(_asides(exports, feeds))
    return Plan(tuple(feeds), asides, company, segment, day_of_old_exports(exports, feeds, today) if today else None)


def _chosen(exports: Exports) -> list[Feed]:
    ranked = [*all_feeds(exports)]
    accounts = _accounts(exports, ranked)
    chosen = {"accounts": accounts} if accounts else {}
    taken = {accounts.export.relation} if accounts else set()
    for feed in ranked:
        if feed.table in chosen or feed.export.relation in taken or feed.score < _LEAST_SCORE:
            continue
        feed = completed(exports, feed)
        if not feed.missing and (feed.table != "events" or "usage" not in chosen):
            chosen[feed.table] = feed
            taken.add(feed.export.relation)
    if accounts and "subscriptions" not in chosen:
        same = completed(exports, feed_of(exports, "subscriptions", accounts.export))
        chosen |= {} if same.missing else {"subscriptions": replace(same, notes=("the accounts export has it too",))}
    if not accounts and "subscriptions" in chosen:
        chosen["accounts"] = _accounts_of(exports, chosen["subscriptions"])
    if "usage" in chosen:
        chosen.pop("events", None)
    return [*chosen.values()]


def _accounts(exports: Exports, ranked: list[Feed]) -> Feed | None:
    for feed in ranked:
        key = feed.picks.get("account_id")
        if feed.table == "accounts" and key and key.column and len(feed.picks) > 1 and feed.score >= 1:
            other = max((f for f in ranked if f.export is feed.export and f.table != "accounts"), key=lambda f: f.score)
            better = not other.missing and other.score > feed.score
            if exports.is_key(feed.export, key.column) and not better:
                return feed
    return None


def _accounts_of(exports: Exports, subscriptions: Feed) -> Feed:
    """Accounts out of an export of subscriptions: each once."""
    found = feed_of(exports, "accounts", subscriptions.export)
    picks = {name: pick for name, pick in found.picks.items() if name in ("account_id", "name", "industry", "segment")}
    return replace(found, picks=picks, extra={"distinct": True}, notes=("there is no export of accounts",))


def _people(exports: Exports, feeds: list[Feed]) -> Iterator[Feed]:
    """Who is in charge of an account, where the accounts export names them."""
    tables = {feed.table: feed for feed in feeds}
    accounts, csms = tables.get("accounts"), tables.get("csms")
    owner = best(accounts.export, OWNER) if accounts else None
    if not accounts or not owner or owner in accounts.used or "assignments" in tables:
        return
    if not exports.values(accounts.export, owner).n:
        return
    whole = exports.values(accounts.export, owner).n == accounts.export.n_rows
    extra = {} if whole else {"where": f"not is_empty({_col(owner)})"}
    if csms is None:
        picks = {"csm_id": Pick({"column": owner}, 0.6), "name": Pick({"column": owner}, 0.6)}
        yield Feed("csms", accounts.export, picks, 0, {"distinct": True, **extra}, ("out of the accounts export",))
    elif exports.share_found(accounts.export, owner, csms.export, str(csms.picks["csm_id"].column)) < 0.9:
        return
    start = accounts.picks.get("started_on")
    picks = {"account_id": accounts.picks["account_id"], "csm_id": Pick({"column": owner}, 0.7)}
    if start:
        picks["starts_on"] = Pick(start.spec, 0.4, "not known: the account's start", start.open, start.either)
    else:
        picks["starts_on"] = Pick({"constant": "2000-01-01"}, 0.3, "not known: ever since")
    note = "the export names only today's person, so past quarters are credited to them too"
    yield Feed("assignments", accounts.export, picks, 0, extra, (note,))


def _col(name: str) -> str:
    from .derive import col

    return col(name)


def _with_notes(exports: Exports, feed: Feed, feeds: list[Feed]) -> Feed:
    notes = [*feed.export.notes, *feed.notes]
    accounts = next((f for f in feeds if f.table == "accounts"), None)
    mine, key = feed.picks.get("account_id"), accounts and accounts.picks["account_id"].column
    if accounts and key and feed.table != "accounts" and mine and mine.column in feed.export.columns:
        share = exports.share_found(feed.export, str(mine.column), accounts.export, key)
        if share < 1:
            notes.append(f"{1 - share:.1%} of its accounts are not in {accounts.export.name}: see on_orphan")
    notes += [f"rows with {header} may be no paying customers: see where" for header in _trials(exports, feed)]
    return replace(feed, notes=tuple(notes))


def _trials(exports: Exports, feed: Feed) -> list[str]:
    """Columns that mark trials among subscriptions."""
    if feed.table != "subscriptions":
        return []
    headers = [header for header in feed.export.columns if word(header) in ("istrial", "trial", "トライアル")]
    return [header for header in headers if exports.values(feed.export, header).n_distinct > 1]


def _segmented(exports: Exports, feeds: list[Feed]) -> tuple[list[Feed], tuple[str, str] | None]:
    accounts = next((feed for feed in feeds if feed.table == "accounts"), None)
    if accounts is None:
        return feeds, None
    for name in _SEGMENTS:
        pick = accounts.picks.get(name)
        if pick and pick.column and 2 <= (n := exports.values(accounts.export, pick.column).n_distinct) <= 20:
            return feeds, (name, f"{pick.column} has {n} different values")
    column = best(accounts.export, EXTRA_SEGMENTS)
    if column and 2 <= (n := exports.values(accounts.export, column).n_distinct) <= 20:
        pick = Pick({"column": column}, 0.4, f"it has {n} different values")
        return [f.having(segment=pick) if f is accounts else f for f in feeds], ("segment", f"from {column}")
    return feeds, None


def _asides(exports: Exports, feeds: list[Feed]) -> Iterator[Aside]:
    yield from exports.asides
    used = {feed.export.relation for feed in feeds}
    looked_up = {str(lookup.get("path")) for feed in feeds for lookup in feed.extra.get("lookups", {}).values()}
    for export in exports.tables:
        if export.relation in used or str(export.declared.get("path")) in looked_up:
            continue
        near = next((f for f in all_feeds(exports) if f.export is export and f.score >= 1.5), None)
        near = near and completed(exports, near)
        if near is None:
            yield Aside(export.name, "its columns are like those of no table")
        elif near.missing:
            yield Aside(export.name, f"it looks like {near.table}, but nothing gives {', '.join(near.missing)}")
        else:
            yield Aside(export.name, f"it looks like {near.table}, which another export feeds")


def _company(exports: Exports, feeds: list[Feed]) -> dict[str, tuple[Any, str]]:
    japanese = any(_is_japanese(header) for feed in feeds for header in feed.export.columns)
    name = exports.folder.resolve().name or "Our company"
    return {
        "name": (name, "the name of the folder"),
        "currency": _currency(exports, feeds, japanese),
        "time_zone": ("Asia/Tokyo", "the exports are Japanese") if japanese else ("UTC", "not known"),
        "languages": (["ja"] if japanese else ["en"], "as the headers of the exports"),
        "fiscal_year_start": (1, "not known: the month in which your fiscal year begins"),
    }


def _is_japanese(text: str) -> bool:
    return any("\u3040" <= sign <= "\u9fff" for sign in text)


_SIGNS = (("jpy", "JPY"), ("円", "JPY"), ("yen", "JPY"), ("usd", "USD"), ("eur", "EUR"), ("gbp", "GBP"))


def _currency(exports: Exports, feeds: list[Feed], japanese: bool) -> tuple[str, str]:
    for feed in feeds:
        pick = feed.picks.get("currency")
        if pick and pick.column:
            codes = exports.values(feed.export, pick.column).sample
            if codes and len(codes[0]) == 3 and codes[0].isupper():
                others = "" if len(codes) == 1 else f"; also {', '.join(sorted(codes[1:]))}: give them under [rates]"
                return codes[0], f"{pick.column} of {feed.export.name}{others}"
    for feed in feeds:
        for pick in feed.picks.values():
            for sign, code in (("yen", "JPY"), ("dollar", "USD"), ("euro", "EUR"), ("pound", "GBP")):
                if sign in str(pick.spec.get("numbers", "")):
                    return code, f"the amounts of {pick.column} carry its sign"
        for header in feed.export.columns:
            for sign, code in _SIGNS:
                if word(header).endswith(sign):
                    return code, f"the name of {header}"
    return ("JPY", "the exports are Japanese") if japanese else ("USD", "not known")
