"""workspace.toml as text: every guess with how sure it is and why, and what is left to the user."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ... import schema
from .guess import Feed, Pick
from .plan import Plan

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TABLE_ORDER = ("path", "source", "table", "sheet", "encoding", "delimiter", "skip_rows", "distinct", "where")


def workspace_text(plan: Plan) -> str:
    """The text of workspace.toml."""
    lines = [
        "# A first workspace.toml, guessed from the exports in this folder: nothing in them was changed.",
        '# "sure", "likely" and "a guess" say how far to trust a line; lines with TODO? are yours to decide.',
        "# Then: csworkbench check .",
        "",
        *_company(plan),
        *_segments(plan),
        *_sources(plan),
    ]
    for feed in plan.feeds:
        lines += ["", *_table(feed)]
    for table in schema.PACKS_NEED:
        if plan.feed(table) is None:
            lines += ["", *_absent(table)]
    if plan.asides:
        lines += ["", "# Not used:", *(f"#   {_plain(aside.name)}: {_plain(aside.why)}" for aside in plan.asides)]
    return "\n".join(lines) + "\n"


def _company(plan: Plan) -> Iterator[str]:
    yield "[company]"
    for key, (value, why) in plan.company.items():
        yield f"{key} = {_value(value)}  # {'TODO? ' if why.startswith('not known') else ''}{_plain(why)}"
    if plan.exported_on:
        why = "a guess: the latest day in the exports; take this line out if they are taken anew every day"
        yield f"exported_on = {_value(plan.exported_on.isoformat())}  # {why}"
    else:
        yield '# TODO? exported_on = "2026-10-01": the day on which the files were taken; later facts are then refused'


def _segments(plan: Plan) -> Iterator[str]:
    yield ""
    if plan.segment is None:
        yield '# TODO? [segments] column = "industry": the column of accounts that splits the book; none was found'
        return
    column, why = plan.segment
    yield from ("[segments]", f"column = {_value(column)}  # a guess: {_plain(why)}")


def _sources(plan: Plan) -> Iterator[str]:
    for name, path in sorted(sources(plan).items()):
        yield from ("", f"[sources.{_key(name)}]", f"path = {_value(path)}")


def sources(plan: Plan) -> dict[str, str]:
    """The DuckDB files that feed something: name → path."""
    declared = [feed.export.declared for feed in plan.feeds if "file" in feed.export.declared]
    return {str(keys["source"]): str(keys["file"]) for keys in declared}


def _table(feed: Feed) -> Iterator[str]:
    export = feed.export
    yield f"# {_plain(export.name)}, {export.n_rows:,} rows: {feed.table}"
    yield from (f"#   {_plain(note)}" for note in feed.notes)
    yield f"[tables.{feed.table}]"
    lines = {**export.declared, **{k: v for k, v in feed.extra.items() if k not in ("lookups", "unpivot")}}
    yield from (f"{key} = {_value(lines[key])}" for key in _TABLE_ORDER if key in lines)
    if "path" in lines:
        yield f"# rows = {export.n_rows}  # would refuse a file that was cut"
    yield from _sections(feed)
    yield f"[tables.{feed.table}.columns]"
    yield from (_column(name, pick) for name, pick in feed.picks.items())
    yield from _rest(feed)


def _sections(feed: Feed) -> Iterator[str]:
    for name, lookup in feed.extra.get("lookups", {}).items():
        yield f"[tables.{feed.table}.lookups.{_key(name)}]"
        yield from (f"{key} = {_value(value)}" for key, value in lookup.items() if key != "file")
    if "unpivot" in feed.extra:
        yield f"[tables.{feed.table}.unpivot]  # columns that become rows: take out what is no use of a feature"
        yield from (f"{key} = {_value(value)}" for key, value in feed.extra["unpivot"].items())


def _column(name: str, pick: Pick) -> str:
    plain = [*pick.spec] == ["column"]
    value = _value(pick.column if plain else dict(pick.spec))
    said = "; ".join(part for part in (pick.confidence, pick.why) if part)
    question = f"; TODO? {_plain(pick.open)}" if pick.open else ""
    return f"{name} = {value}  # {_plain(said)}{question}"


def _rest(feed: Feed) -> Iterator[str]:
    empty = [name for name in schema.table(feed.table).names if name not in feed.picks and name != "recorded_at"]
    if empty:
        yield f"# TODO? not found: {', '.join(empty)}"
    keys = {key for lookup in feed.extra.get("lookups", {}).values() for key in lookup["on"]}
    wide = set(feed.extra.get("unpivot", {}).get("columns", ()))
    spoken = " ".join(str(pick.spec.get("expression", "")) for pick in feed.picks.values())
    used = feed.used | keys | wide | {c for c in feed.export.columns if c and c in spoken}
    unused = [_plain(column) for column in feed.export.columns if column not in used]
    if unused:
        yield f"# not used: {', '.join(unused)}"


def _absent(table: str) -> Iterator[str]:
    required = [column.name for column in schema.table(table).columns if column.required]
    yield f"# TODO? No export was recognised as {table}, which packs need. It must give {', '.join(required)}."
    yield f"# [tables.{table}]"
    yield f'# path = "{table}.csv"'


def _plain(text: str) -> str:
    """The text on one line, without control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(key))} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
