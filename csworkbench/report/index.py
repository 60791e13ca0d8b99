"""The page over all packs of an output folder: what became of each by the ledger, and what moved in its unit."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from .brand import PLAIN, Brand
from .files import write_atomically
from .ledger import PackStatus, pack_statuses
from .publish import POLICY, TEMPLATES, render_page
from .words import words

if TYPE_CHECKING:
    from ..story.language import Language
    from .headlines import Figures, Headline, Headlines
    from .source import Facts

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
    "gone": "no longer planned: the data has no such unit",
}
_KIND_WORDS = {"account-customer": "Account, for the customer", "account-internal": "Account, internal"}
_LANGUAGES = {"en": "English", "ja": "日本語"}

Say = Callable[[str], str]


@dataclass(frozen=True)
class About:
    """What the index says around the packs.

    names: unit → language → what readers call it. quarter: that of the headlines.
    """

    company: str
    lang: str
    version: str
    quarter: str = ""
    currency: str = "USD"
    fiscal_year_start: int = 1
    names: Mapping[str, Mapping[str, str]] | None = None
    headlines: Headlines | None = None
    brand: Brand = PLAIN

    @property
    def language(self) -> Language:
        """How the index writes figures and quarters."""
        from ..story.language import Language

        return Language(self.lang, self.currency, self.fiscal_year_start)


@dataclass(frozen=True)
class Entry:
    """A pack in one language. href: empty when nothing good was ever published. note: why it is not ready."""

    lang: str
    language: str
    status: str
    good: bool
    note: str
    href: str


@dataclass(frozen=True)
class Row:
    """One unit with its packs; headline: None where nothing is known of it."""

    unit: str
    entries: tuple[Entry, ...]
    headline: Headline | None

    @property
    def good(self) -> bool:
        """Whether all its packs are there and up to date."""
        return all(entry.good for entry in self.entries)


@dataclass(frozen=True)
class Group:
    """The packs of one kind and quarter."""

    anchor: str
    title: str
    caption: str
    rows: tuple[Row, ...]

    @property
    def has_headlines(self) -> bool:
        """Whether something is known of some unit."""
        return any(row.headline for row in self.rows)

    @property
    def has_shares(self) -> bool:
        """Whether retention is known of some unit."""
        return any(row.headline and row.headline.has_shares for row in self.rows)


def render_index(statuses: Sequence[PackStatus], output: Path, about: About) -> str:
    """The HTML of the index: what is not ready and why, then packs by kind, unit and language with their status."""
    say = words(about.lang)
    groups = [
        _group(f"packs-{number}", list(members), output, about)
        for number, (_, members) in enumerate(groupby(_by_kind(statuses), key=lambda s: (s.quarter, s.kind)), 1)
    ]
    return render_page(
        "index.html.j2",
        about=about,
        groups=groups,
        failures=list(_failures(groups)),
        summary=summary(statuses, say),
        say=say,
        script=search_script(),
        policy=f"{POLICY}; script-src '{_seal(search_script())}'",
    )


def _failures(groups: Sequence[Group]) -> Iterator[tuple[Group, Row, Entry]]:
    for group in groups:
        for row in group.rows:
            yield from ((group, row, entry) for entry in row.entries if not entry.good)


def write_index(output: Path, facts: Facts, version: str) -> None:
    """Write index.html of an output folder from its ledger, with what the marts know of the units."""
    from ..story.catalogue import languages

    lang = next((lang for lang in facts.languages if lang in languages()), "en")
    about = About(
        facts.company,
        lang,
        version,
        facts.quarter,
        facts.currency,
        facts.fiscal_year_start,
        facts.names,
        facts.headlines,
        Brand(**facts.brand),
    )
    told = [_planned(status, facts) for status in pack_statuses(output)]
    write_atomically(output / "index.html", render_index(told, output, about).encode())


def _planned(status: PackStatus, facts: Facts) -> PackStatus:
    """The status of a pack, which stays where it is when its unit is not in the data any more."""
    units = facts.units.get(status.unit_kind or "")
    is_gone = status.quarter == facts.quarter and units is not None and status.unit not in units
    return replace(status, outcome="gone", reason="") if is_gone else status


@cache
def search_script() -> str:
    """The one script of ours: it hides the rows that do not hold what is typed. It holds no data and asks nobody."""
    return (TEMPLATES / "search.js").read_text("utf-8").strip()


def _seal(script: str) -> str:
    """The hash by which a browser knows the script, as a content security policy writes it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _by_kind(statuses: Sequence[PackStatus]) -> list[PackStatus]:
    """Newest quarter first; packs of the whole company before those of a unit, kinds of few units before others."""
    n_packs = Counter((status.quarter, status.kind) for status in statuses)
    ordered = sorted(
        statuses,
        key=lambda s: (
            (s.unit is not None, n_packs[s.quarter, s.kind], s.kind),
            ((s.unit or "").casefold(), s.unit or "", s.lang),
        ),
    )
    return sorted(ordered, key=lambda s: s.quarter, reverse=True)


def summary(statuses: Iterable[PackStatus], say: Say) -> str:
    """How many packs are ready and how many are not, in words."""
    counted = Counter(status.outcome in GOOD for status in statuses)
    ready = say("{n} of {total} packs ready").format(n=counted[True], total=counted.total())
    return ready + (" · " + say("{n} not ready").format(n=counted[False]) if counted[False] else "")


def _group(anchor: str, members: list[PackStatus], output: Path, about: About) -> Group:
    say, first = words(about.lang), members[0]
    kind = say(_KIND_WORDS.get(first.kind) or first.kind.replace("_", " ").replace("-", " ").capitalize())
    known = _figures({status.unit or "" for status in members}, first.quarter, about)
    rows = tuple(
        _row(unit, list(packs), output, about, known.get(unit or ""))
        for unit, packs in groupby(members, key=lambda status: status.unit)
    )
    return Group(anchor, f"{kind} · {_quarter(first.quarter, about)}", summary(members, say), rows)


def _quarter(label: str, about: About) -> str:
    return about.language.quarter(label)


def _figures(units: set[str], quarter: str, about: About) -> Mapping[str, Figures]:
    """The headlines of the kind of units that these are, where the marts are of their quarter."""
    kinds = (about.headlines or {}).values() if quarter == about.quarter else ()
    return next((known for known in kinds if units <= known.keys()), {})


def _row(unit: str | None, packs: list[PackStatus], output: Path, about: About, figures: Figures | None) -> Row:
    from .headlines import headline

    name = about.company if unit is None else (about.names or {}).get(unit, {}).get(about.lang, unit)
    entries = tuple(_entries(packs, output, about))
    return Row(name, entries, None if figures is None else headline(figures, about.language))


def _entries(packs: Iterable[PackStatus], output: Path, about: About) -> Iterator[Entry]:
    say = words(about.lang)
    for status in packs:
        good = status.outcome in GOOD
        href = quote(status.file) if status.file and (output / status.file).is_file() else ""
        outcome = say(_OUTCOME_WORDS.get(status.outcome, status.outcome))
        language = _LANGUAGES.get(status.lang, status.lang)
        yield Entry(status.lang, language, outcome, good and bool(href), _note(status, good, href, about), href)


def _note(status: PackStatus, good: bool, href: str, about: About) -> str:
    if good or not href:
        return status.reason
    day = about.language.date((status.published_at or "")[:10] or None)
    old = words(about.lang)("the link leads to the pack of {day}").format(day=day)
    return f"{status.reason} · {old}" if status.reason else old
