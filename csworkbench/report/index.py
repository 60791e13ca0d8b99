"""The page over all packs of an output folder, written from the ledger alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from .files import write_atomically
from .ledger import PackStatus, pack_statuses
from .publish import render_page
from .words import words

GOOD = ("succeeded", "skipped")
_OUTCOME_WORDS = {
    "succeeded": "ready",
    # A run that was resumed leaves the same index as one that was not disturbed.
    "skipped": "ready",
    "cell_error": "failed: a cell raised an error",
    "timeout": "failed: took too long",
    "kernel_died": "failed: the kernel died",
    "param_invalid": "failed: wrong parameter",
    "render_error": "failed: could not be rendered",
    "cancelled": "cancelled",
    "planned": "planned",
    "running": "running",
    "interrupted": "interrupted",
}


@dataclass(frozen=True)
class Row:
    """One pack. href: empty when nothing good was ever published."""

    unit: str
    lang: str
    status: str
    good: bool
    note: str
    href: str


@dataclass(frozen=True)
class Group:
    """The packs of one kind and quarter."""

    anchor: str
    title: str
    caption: str
    rows: tuple[Row, ...]


def render_index(statuses: Sequence[PackStatus], output: Path, company: str, lang: str, version: str) -> str:
    """The HTML of the index: packs by kind, unit and language, each with its status and the reason of a failure."""
    say = words(lang)
    groups = [
        _group(number, list(members), output, company, say)
        for number, (_, members) in enumerate(groupby(_by_kind(statuses), key=lambda s: (s.quarter, s.kind)), 1)
    ]
    return render_page(
        "index.html.j2",
        lang=lang,
        company=company,
        version=version,
        groups=groups,
        summary=summary(statuses, say),
        say=say,
    )


def write_index(output: Path, company: str, lang: str, version: str) -> None:
    """Write index.html of an output folder from its ledger."""
    page = render_index(pack_statuses(output), output, company, lang, version)
    write_atomically(output / "index.html", page.encode())


def _by_kind(statuses: Sequence[PackStatus]) -> list[PackStatus]:
    """Newest quarter first; packs of the whole company before those of a unit."""
    ordered = sorted(
        statuses, key=lambda s: (s.unit is not None, s.kind, (s.unit or "").casefold(), s.unit or "", s.lang)
    )
    return sorted(ordered, key=lambda s: s.quarter, reverse=True)


def summary(statuses: Sequence[PackStatus], say: Callable[[str], str]) -> str:
    """How many packs are ready and how many are not, in words."""
    counted = Counter(status.outcome in GOOD for status in statuses)
    ready = say("{n} of {total} packs ready").format(n=counted[True], total=len(statuses))
    return ready + (" · " + say("{n} not ready").format(n=counted[False]) if counted[False] else "")


def _group(number: int, members: list[PackStatus], output: Path, company: str, say: Callable[[str], str]) -> Group:
    first = members[0]
    kind = say(first.kind.replace("_", " ").replace("-", " ").capitalize())
    rows = tuple(_row(status, output, company, say) for status in members)
    return Group(f"packs-{number}", f"{kind} · {first.quarter}", summary(members, say), rows)


def _row(status: PackStatus, output: Path, company: str, say: Callable[[str], str]) -> Row:
    good = status.outcome in GOOD
    href = quote(status.file) if status.file and (output / status.file).is_file() else ""
    note = status.reason
    if href and not good:
        note = f"{note} · " if note else ""
        note += say("the link leads to the pack of {day}").format(day=(status.published_at or "")[:10])
    outcome = say(_OUTCOME_WORDS.get(status.outcome, status.outcome))
    return Row(company if status.unit is None else status.unit, status.lang, outcome, good and bool(href), note, href)
